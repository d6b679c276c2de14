import { createContext, useContext } from "react";
import type { Actor } from "../../api/types.gen";

/** The actor whose screens are shown, kept current. */
export const ActorContext = createContext<Actor | undefined>(undefined);

/** The actor of this screen. */
export function useActor(): Actor {
  const a = useContext(ActorContext);
  if (!a) throw new Error("there is an actor only below /actors/$id");
  return a;
}
