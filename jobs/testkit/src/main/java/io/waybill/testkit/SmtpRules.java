package io.waybill.testkit;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** What a {@link ScriptedSmtpServer} was told to do otherwise; the latest word counts most. */
final class SmtpRules {
  /** Bytes that no content reaches. */
  static final long NEVER = Long.MAX_VALUE;

  private final List<Rule> rules = new CopyOnWriteArrayList<>();

  void arm(Rule rule) {
    rules.add(0, rule);
  }

  void clear() {
    rules.clear();
  }

  /**
   * Returns what is to be done instead of the usual, if anything. Every rule for such an occasion
   * counts it, also if a later rule goes first.
   *
   * @param bytes how much of the content was read, at {@link SmtpPoint#CONTENT}; else 0
   */
  @Nullable SmtpAnswer due(SmtpPoint point, String command, int connection, long bytes) {
    SmtpAnswer answer = null;
    for (Rule rule : rules) {
      if (rule.isFor(point, command, connection, bytes) && rule.isDue() && answer == null) {
        answer = rule.answer();
      }
    }
    return answer;
  }

  /**
   * Returns the first number of bytes of content, from {@code fromBytes} on, with a rule for it.
   */
  long nextInContent(long fromBytes) {
    return rules.stream()
        .filter(rule -> rule.point() == SmtpPoint.CONTENT && rule.afterBytes() >= fromBytes)
        .mapToLong(Rule::afterBytes)
        .min()
        .orElse(NEVER);
  }

  /**
   * One thing to be done otherwise.
   *
   * @param start how the command begins, in any case; nothing for all
   * @param times which occasions are meant
   * @param connection which connection is meant; 0 for all
   */
  record Rule(
      SmtpPoint point,
      String start,
      Times times,
      int connection,
      long afterBytes,
      SmtpAnswer answer) {
    boolean isFor(SmtpPoint here, String command, int number, long bytes) {
      return point == here
          && afterBytes == bytes
          && (connection == 0 || connection == number)
          && command.regionMatches(true, 0, start, 0, start.length());
    }

    boolean isDue() {
      return times.isNext();
    }
  }

  /** Counts occasions, and knows which of them, from 1, are meant. */
  static final class Times {
    private final int first;
    private final int last;
    private final AtomicInteger seen = new AtomicInteger();

    Times(int first, int last) {
      this.first = first;
      this.last = last;
    }

    boolean isNext() {
      int now = seen.incrementAndGet();
      return first <= now && now <= last;
    }
  }
}
