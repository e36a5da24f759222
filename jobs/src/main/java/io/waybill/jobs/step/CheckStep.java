package io.waybill.jobs.step;

import io.waybill.jobs.Connection.Trust;
import io.waybill.jobs.Step;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.OptionalLong;

/**
 * Looks whether servers are there and right.
 *
 * @param targets all of them are tried
 * @param trust by what those are known that are no connections
 * @param certificates how long certificates have to hold
 * @param within how long each may take
 */
public record CheckStep(
    List<CheckTarget> targets, Trust trust, Certificates certificates, Duration within)
    implements Step {
  public CheckStep {
    targets = List.copyOf(targets);
    Objects.requireNonNull(trust, "trust");
    Objects.requireNonNull(certificates, "certificates");
    Objects.requireNonNull(within, "within");
  }

  /**
   * How long certificates have to hold.
   *
   * @param warnDays with fewer days there is a warning
   * @param failDays with fewer days the step fails
   */
  public record Certificates(OptionalLong warnDays, OptionalLong failDays) {
    boolean isAsked() {
      return warnDays.isPresent() || failDays.isPresent();
    }
  }
}
