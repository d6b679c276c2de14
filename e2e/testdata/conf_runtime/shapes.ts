export const loaded = "by import()";
