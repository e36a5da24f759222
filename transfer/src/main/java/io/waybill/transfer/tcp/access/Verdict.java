package io.waybill.transfer.tcp.access;

import java.time.Duration;
import java.time.Instant;

/** Says what is to become of an attempt to log in. */
public sealed interface Verdict {
  /** Lets the attempt go on now. */
  record Admitted() implements Verdict {}

  /**
   * Lets the attempt go on after a pause, without asking again: however many others fail meanwhile,
   * it does not get longer.
   *
   * @param pause how long to wait before answering
   */
  record Delayed(Duration pause) implements Verdict {}

  /**
   * Refuses attempts from the address until a moment, as too many failed a short while ago.
   *
   * @param until when the next attempt is looked at
   */
  record Refused(Instant until) implements Verdict {}

  /**
   * Refuses everything from the address until a moment.
   *
   * @param until when the ban ends
   */
  record Banned(Instant until) implements Verdict {}
}
