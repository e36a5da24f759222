package io.waybill.testkit;

import static java.util.Objects.requireNonNull;

import java.time.Duration;

/**
 * Says which fault strikes, where and how often.
 *
 * @param fault what happens
 * @param direction the way whose bytes are counted and hurt
 * @param afterBytes how many bytes of one connection pass unharmed in that direction, exactly; 0
 *     strikes before the first
 * @param connections how many connections are struck, one time each, before the plan is spent; a
 *     connection that ends before the byte count is not counted
 * @param delay how long {@link Fault#DELAY} holds; other faults ignore it
 */
public record FaultPlan(
    Fault fault, Direction direction, long afterBytes, int connections, Duration delay) {

  /** Checks the ranges. */
  public FaultPlan {
    requireNonNull(fault, "fault");
    requireNonNull(direction, "direction");
    requireNonNull(delay, "delay");
    if (afterBytes < 0) {
      throw new IllegalArgumentException("afterBytes is negative: " + afterBytes);
    }
    if (connections < 1) {
      throw new IllegalArgumentException("connections is not positive: " + connections);
    }
  }

  /** Plans one strike, on one connection; {@link Fault#DELAY} holds for 200 ms. */
  public static FaultPlan once(Fault fault, Direction direction, long afterBytes) {
    return new FaultPlan(fault, direction, afterBytes, 1, Duration.ofMillis(200));
  }

  /** Returns this plan for {@code count} connections. */
  public FaultPlan onConnections(int count) {
    return new FaultPlan(fault, direction, afterBytes, count, delay);
  }

  /** Returns this plan for every connection until the proxy is disarmed. */
  public FaultPlan onEveryConnection() {
    return onConnections(Integer.MAX_VALUE);
  }

  /** Returns this plan with another delay. */
  public FaultPlan holding(Duration longer) {
    return new FaultPlan(fault, direction, afterBytes, connections, longer);
  }
}
