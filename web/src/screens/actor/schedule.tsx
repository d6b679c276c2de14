import { createRoute, useNavigate } from "@tanstack/react-router";
import { ScheduleList, scheduleSearch } from "../schedule/ScheduleList";
import { actorRoute } from "./route";

export const actorScheduleRoute = createRoute({
  getParentRoute: () => actorRoute,
  path: "/schedule",
  validateSearch: scheduleSearch,
  component: ActorSchedule,
});

/** What one actor runs later. */
function ActorSchedule() {
  const { id } = actorScheduleRoute.useParams();
  const search = actorScheduleRoute.useSearch();
  const navigate = useNavigate();
  return (
    <ScheduleList
      actor={id}
      search={search}
      set={(s) =>
        void navigate({
          to: "/actors/$id/schedule",
          params: { id },
          search: scheduleSearch({ ...search, ...s }),
          replace: true,
        })
      }
    />
  );
}
