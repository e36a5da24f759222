package io.waybill.testkit;

/** One of the two ways through a {@link FaultyProxy}. */
public enum Direction {
  /** From the client that connected to the proxy, to the target behind it. */
  TO_TARGET,
  /** From the target behind the proxy, to the client. */
  TO_CLIENT
}
