package io.waybill.jobs.step;

import io.waybill.jobs.ArgumentMistake;
import io.waybill.jobs.Arguments;
import io.waybill.jobs.JobException;
import io.waybill.jobs.StepParts;
import io.waybill.jobs.StepParts.Part;
import io.waybill.transfer.Digest;
import io.waybill.transfer.RateLimit;
import io.waybill.transfer.Verification;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;

/**
 * What holds for each file that a step copies.
 *
 * @param atLeast the level of proof below which a file is not published
 * @param algorithm of the digests that the step tells
 * @param sidecars what is done with hash sidecars
 * @param rate how fast each connection may be, each way; empty for what is said of it
 */
record CopyTerms(
    Verification atLeast,
    Digest.Algorithm algorithm,
    SidecarTerms sidecars,
    Optional<RateLimit> rate) {
  static final ArgumentMistake NO_RATE_HERE =
      new ArgumentMistake(
          List.of("rate"),
          "\"rate\" is for copies from or to a server only, and all places are on this machine; leave it out");

  CopyTerms {
    Objects.requireNonNull(atLeast, "atLeast");
    Objects.requireNonNull(algorithm, "algorithm");
    Objects.requireNonNull(sidecars, "sidecars");
    Objects.requireNonNull(rate, "rate");
  }

  /**
   * Reads the keys {@code verify}, {@code sidecar} and {@code rate}.
   *
   * @throws JobException.Configuration if the rate is none
   */
  static CopyTerms of(Arguments arguments) {
    StepParts parts = new StepParts();
    Part<Optional<RateLimit>> rate = parts.part(() -> rate(arguments));
    Part<CopyTerms> terms = parts.part(() -> proven(arguments));
    return parts.together(() -> terms.get().withRate(rate.get()));
  }

  private CopyTerms withRate(Optional<RateLimit> given) {
    return new CopyTerms(atLeast, algorithm, sidecars, given);
  }

  private static CopyTerms proven(Arguments arguments) {
    Optional<Arguments> verify =
        arguments.find("verify").orElse("") instanceof Arguments group
            ? Optional.of(group)
            : Optional.empty();
    String level =
        verify.map(each -> each.text("at-least")).orElseGet(() -> arguments.text("verify"));
    Optional<Digest.Algorithm> algorithm =
        verify.flatMap(each -> each.optionalText("algorithm")).map(Digest.Algorithm::parse);
    return new CopyTerms(
        Verification.valueOf(constant(level)),
        algorithm.orElse(Digest.Algorithm.SHA_256),
        sidecars(arguments, verify, algorithm),
        Optional.empty());
  }

  private static SidecarTerms sidecars(
      Arguments arguments, Optional<Arguments> verify, Optional<Digest.Algorithm> algorithm) {
    Optional<Arguments> group = arguments.group("sidecar");
    SidecarTerms.Check asked = check(group.map(each -> each.text("check")));
    SidecarTerms.Check verified = check(verify.map(each -> each.text("sidecar")));
    return new SidecarTerms(
        asked.compareTo(verified) > 0 ? asked : verified,
        algorithm,
        group.flatMap(each -> each.optionalText("write")).map(Digest.Algorithm::parse));
  }

  private static SidecarTerms.Check check(Optional<String> word) {
    return word.map(each -> SidecarTerms.Check.valueOf(constant(each)))
        .orElse(SidecarTerms.Check.NEVER);
  }

  /**
   * Reads the key {@code rate}.
   *
   * @throws JobException.Configuration if it is none
   */
  static Optional<RateLimit> rate(Arguments arguments) {
    try {
      return arguments.optionalText("rate").map(RateLimit::of);
    } catch (IllegalArgumentException e) {
      String why =
          "\"rate\": %s; a step has one for all times, such as 10MiB/s, and times of day are for a connection's own"
              .formatted(e.getMessage());
      throw new JobException.Configuration(List.of(new ArgumentMistake(List.of("rate"), why)), e);
    }
  }

  /**
   * Checks that a rate is not for a step whose places are all on this machine.
   *
   * @throws JobException.Configuration if it is
   */
  void requireServer(FileSelection from, Place to) {
    boolean isHere =
        to instanceof Place.Local
            && !from.from().isEmpty()
            && from.from().stream().allMatch(each -> each.place() instanceof Place.Local);
    if (rate.isPresent() && isHere) {
      throw new JobException.Configuration(NO_RATE_HERE);
    }
  }

  private static String constant(String word) {
    return word.toUpperCase(Locale.ROOT).replace('-', '_');
  }
}
