import { valueAt } from "../differences.ts";
import { fixed, fixedOnceSet, type ImmutableRule } from "./rule.ts";

/** A Service keeps its addresses, unless it is or was an ExternalName. */
export const service: ImmutableRule = (update) => {
  const typeOf = (side: typeof update.before) => valueAt(side, ["spec", "type"]) ?? "ClusterIP";
  if (typeOf(update.before) === "ExternalName" || typeOf(update.after) === "ExternalName") return [];
  const ip = (side: typeof update.before) => valueAt(side, ["spec", "clusterIP"]);
  const unless = "delete the Service first; clients cannot reach it until it is recreated";
  // A Service without an address was given one by the cluster.
  const becomesHeadless = ip(update.after) === "None" && ip(update.before) !== "None";
  const bothBalance = typeOf(update.before) === "LoadBalancer" && typeOf(update.after) === "LoadBalancer";
  const clusterIP = becomesHeadless
    ? fixed(update, ["spec", "clusterIP"], { unless })
    : fixedOnceSet(update, ["spec", "clusterIP"], { unless });
  return [
    ...clusterIP,
    ...(clusterIP.length > 0 ? [] : fixedOnceSet(update, ["spec", "clusterIPs", 0], { unless })),
    ...(ip(update.after) === "None" ? [] : fixedOnceSet(update, ["spec", "ipFamilies", 0], { unless })),
    ...fixedOnceSet(update, ["spec", "healthCheckNodePort"], { unless }),
    ...(bothBalance ? fixedOnceSet(update, ["spec", "loadBalancerClass"], { unless }) : []),
  ];
};

export const ingressClass: ImmutableRule = (update) => fixedOnceSet(update, ["spec", "controller"]);
