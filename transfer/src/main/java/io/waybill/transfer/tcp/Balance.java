package io.waybill.transfer.tcp;

/** Which of several hosts a client begins with; a resumed transfer always begins with its own. */
public enum Balance {
  /** The first that can be reached, in the order given. */
  FAILOVER,
  /** One after the other, beginning anywhere. */
  ROUND_ROBIN
}
