import { createRoute, useNavigate } from "@tanstack/react-router";
import { root } from "../root";
import { ScheduleList, scheduleSearch } from "./schedule/ScheduleList";

export const scheduleRoute = createRoute({
  getParentRoute: () => root,
  path: "/schedule",
  validateSearch: scheduleSearch,
  component: Schedule,
});

/** What runs later, across all actors. */
function Schedule() {
  const search = scheduleRoute.useSearch();
  const navigate = useNavigate();
  return (
    <>
      <h1 className="visually-hidden">Schedule</h1>
      <ScheduleList
        search={search}
        set={(s) =>
          void navigate({
            to: "/schedule",
            search: scheduleSearch({ ...search, ...s }),
            replace: true,
          })
        }
      />
    </>
  );
}
