package io.waybill.transfer;

import java.util.Objects;

/**
 * A rate that several clients keep to together, whatever they speak, each way for itself. Safe for
 * use by several threads.
 *
 * @param inward what comes from servers passes here
 * @param outward what goes to them
 */
public record SharedRate(Pacer inward, Pacer outward) {
  /** No limit. */
  public static final SharedRate NONE = of(RateLimit.unlimited());

  public SharedRate {
    Objects.requireNonNull(inward, "inward");
    Objects.requireNonNull(outward, "outward");
  }

  /** Makes one that runs by this machine's clocks. */
  public static SharedRate of(RateLimit limit) {
    return new SharedRate(Pacer.of(limit), Pacer.of(limit));
  }
}
