package io.waybill.scheduler;

import java.time.DayOfWeek;
import java.time.LocalDate;
import java.time.MonthDay;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Says which days count: those of some days of the week, without some dates. Immutable; days have
 * no zone, a schedule's own zone says when they begin.
 */
public final class DayCalendar {
  private static final int MAX_DATES = 20_000;
  private static final int DAYS_WITH_29_FEBRUARY = 366;

  private final String name;
  private final Set<DayOfWeek> weekdays;
  private final TreeSet<MonthDay> yearly;
  private final TreeSet<LocalDate> dates;
  private final Optional<LocalDate> knownUntil;

  private DayCalendar(Builder b) {
    name = b.name;
    weekdays = Collections.unmodifiableSet(EnumSet.copyOf(b.weekdays));
    yearly = new TreeSet<>(b.yearly);
    dates = new TreeSet<>(b.dates);
    knownUntil = b.knownUntil;
  }

  /**
   * Starts a calendar in which every day counts.
   *
   * @param name letters, digits, {@code -} and {@code _}, at most 100 of them
   */
  public static Builder builder(String name) {
    return new Builder(name);
  }

  public String name() {
    return name;
  }

  /** Returns whether a day counts. */
  public boolean includes(LocalDate day) {
    return weekdays.contains(day.getDayOfWeek())
        && !dates.contains(day)
        && !yearly.contains(MonthDay.from(day));
  }

  /** Returns the days of the week of which any can count. */
  public Set<DayOfWeek> weekdays() {
    return weekdays;
  }

  /** Returns the days that do not count in any year. */
  public Set<MonthDay> yearly() {
    return Collections.unmodifiableSet(yearly);
  }

  /** Returns the dates that do not count. */
  public Set<LocalDate> dates() {
    return Collections.unmodifiableSet(dates);
  }

  /**
   * Returns the last day of which the calendar knows whether it counts; empty if it knows of all
   * days.
   */
  public Optional<LocalDate> knownUntil() {
    return knownUntil;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof DayCalendar that
        && name.equals(that.name)
        && weekdays.equals(that.weekdays)
        && yearly.equals(that.yearly)
        && dates.equals(that.dates)
        && knownUntil.equals(that.knownUntil);
  }

  @Override
  public int hashCode() {
    return name.hashCode() * 31 + dates.hashCode();
  }

  @Override
  public String toString() {
    return name;
  }

  /** Collects a calendar. */
  public static final class Builder {
    private final String name;
    private final TreeSet<MonthDay> yearly = new TreeSet<>();
    private final TreeSet<LocalDate> dates = new TreeSet<>();
    private Set<DayOfWeek> weekdays = EnumSet.allOf(DayOfWeek.class);
    private Optional<LocalDate> knownUntil = Optional.empty();

    private Builder(String name) {
      this.name = name;
      if (!name.matches("[A-Za-z0-9_][A-Za-z0-9_-]{0,99}")) {
        throw new IllegalArgumentException(
            "a calendar's name is letters, digits, '-' and '_', at most 100 of them: \""
                + name
                + "\"");
      }
    }

    /** Sets the days of the week of which any can count; all by default. */
    public Builder weekdays(Set<DayOfWeek> days) {
      weekdays = Set.copyOf(days);
      return this;
    }

    /** Excludes a day of every year; 29 February only of leap years. */
    public Builder exclude(MonthDay day) {
      yearly.add(day);
      return this;
    }

    /** Excludes a date. */
    public Builder exclude(LocalDate day) {
      dates.add(day);
      return this;
    }

    /**
     * Says that days after this one are not excluded only because nothing is known of them yet; of
     * several such days the first counts.
     */
    public Builder knownUntil(LocalDate day) {
      knownUntil = Optional.of(knownUntil.filter(day::isAfter).orElse(day));
      return this;
    }

    /**
     * Builds the calendar.
     *
     * @throws IllegalArgumentException if it excludes every day, or more than 20,000 dates
     */
    public DayCalendar build() {
      if (weekdays.isEmpty() || yearly.size() >= DAYS_WITH_29_FEBRUARY) {
        throw new IllegalArgumentException(
            "calendar \"" + name + "\" excludes every day, so that nothing could ever be due");
      }
      if (dates.size() > MAX_DATES) {
        throw new IllegalArgumentException(
            "calendar \""
                + name
                + "\" excludes "
                + dates.size()
                + " dates, more than "
                + MAX_DATES);
      }
      return new DayCalendar(this);
    }
  }
}
