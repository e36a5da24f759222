package io.waybill.testkit;

import java.util.concurrent.atomic.AtomicInteger;

/** A plan and the strikes it has left; told apart by identity, so that equal plans arm anew. */
final class ArmedPlan {
  private final FaultPlan plan;
  private final AtomicInteger left;

  ArmedPlan(FaultPlan plan) {
    this.plan = plan;
    this.left = new AtomicInteger(plan.connections());
  }

  FaultPlan plan() {
    return plan;
  }

  boolean isSpent() {
    return left.get() == 0;
  }

  /** Uses up one strike; false if another connection took the last. */
  boolean takeStrike() {
    return left.getAndUpdate(n -> Math.max(0, n - 1)) > 0;
  }
}
