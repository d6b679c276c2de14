import { actor, setup } from "@rivetkit/actor";
import { guarded } from "guarded";

const plain = actor({ onAuth: () => {}, actions: { read: () => guarded() } });

export const registry = setup({ use: { plain } });
