import { setup } from "@rivetkit/actor";
import * as actors from "./actors";

export const registry = setup({ use: actors });
