package io.waybill.scheduler.time;

import io.waybill.scheduler.MissedPolicy;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;

/**
 * The moments of a timetable that have come due since it was last looked at, oldest first;
 * immutable.
 */
public final class DueMoments {
  // after a long absence of an `every: 1s`, the history gets this many rows and not a million
  private static final int MOST = 1000;

  private final List<Instant> moments;
  private final long dropped;

  private DueMoments(List<Instant> moments, long dropped) {
    this.moments = moments;
    this.dropped = dropped;
  }

  /**
   * Lists the moments of a span, the newest thousand if there are more.
   *
   * @param first a moment of the timetable, the first of the span
   * @param until the end of the span, excluded
   */
  public static DueMoments between(Timetable timetable, Instant first, Instant until) {
    ArrayDeque<Instant> moments = new ArrayDeque<>();
    moments.add(first);
    long dropped = 0;
    Optional<Instant> next = timetable.next(first);
    while (next.isPresent() && next.get().isBefore(until)) {
      moments.add(next.get());
      if (moments.size() > MOST) {
        moments.remove();
        dropped++;
      }
      next = timetable.next(next.get());
    }
    return new DueMoments(List.copyOf(moments), dropped);
  }

  /**
   * What becomes of them.
   *
   * @param missed what was decided about those that could not happen in time, oldest first
   * @param inTime the latest, if it is not too late to be fired as usual
   */
  public record Judgement(List<MissedPolicy.Decision> missed, Optional<Instant> inTime) {
    /** Copies the decisions. */
    public Judgement {
      missed = List.copyOf(missed);
    }
  }

  /**
   * Decides about them.
   *
   * @param now the moment of the decision, not before the latest of them
   * @param onTime how late the latest may be before it counts as missed
   */
  public Judgement judge(MissedPolicy policy, Instant now, Duration onTime) {
    Instant latest = moments.get(moments.size() - 1);
    boolean isInTime = Duration.between(latest, now).compareTo(onTime) <= 0;
    if (isInTime && moments.size() == 1) { // nearly always
      return new Judgement(List.of(), Optional.of(latest));
    }
    List<Instant> missed = isInTime ? moments.subList(0, moments.size() - 1) : moments;
    return new Judgement(
        policy.decide(missed, now, isInTime), Optional.of(latest).filter(moment -> isInTime));
  }

  /** Returns them, oldest first; at least one. */
  public List<Instant> moments() {
    return moments;
  }

  /** Returns how many older moments were left out. */
  public long dropped() {
    return dropped;
  }
}
