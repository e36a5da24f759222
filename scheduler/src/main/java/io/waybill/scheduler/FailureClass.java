package io.waybill.scheduler;

/**
 * Says what kind of failure ended an attempt; retry and alerting decide by it, never by message.
 */
public enum FailureClass {
  /** A later attempt may succeed unchanged: a lost connection, a busy server, a 4yz reply. */
  TRANSIENT,
  /** No later attempt of the same thing succeeds: a refused recipient, a missing file. */
  PERMANENT,
  /** Bytes arrived that are not the bytes that were sent; trying again is safe. */
  INTEGRITY,
  /**
   * The effect may or may not have happened (no reply after DATA's final dot): a person decides.
   */
  AMBIGUOUS,
  /** The job, a secret or a connection is set up wrongly; a person has to change it first. */
  CONFIGURATION
}
