import { actor, setup } from "@rivetkit/actor";
import { addMonths, differenceInDays, format, formatDistance, parseISO } from "date-fns";

const library = actor({
  onAuth: () => {},
  actions: {
    check: async () => {
      const day = parseISO("2024-01-31T10:00:00Z");
      return [addMonths(day, 1).toISOString(), differenceInDays(parseISO("2024-03-01"), parseISO("2024-02-01")), format(new Date(2024, 1, 29), "EEEE, d MMMM yyyy"), formatDistance(0, 86_400_000)];
    },
  },
});

export const registry = setup({ use: { dateFns: library } });
