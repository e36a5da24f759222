package io.waybill.mail.inbox;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Counts what a poll does. */
final class Tally {
  private int handled;
  private int putOff;
  private int quarantined;
  private int unfinished;
  private @Nullable String notice;

  void count(LedgerEntry concluded) {
    switch (concluded.state()) {
      case DONE -> handled++;
      case QUARANTINED -> quarantined++;
      default -> putOff++;
    }
  }

  void unfinished(int messages) {
    unfinished += messages;
  }

  void notice(String text) {
    notice = text;
  }

  PollReport report() {
    return new PollReport(
        handled, putOff, quarantined, unfinished, false, Optional.ofNullable(notice));
  }
}
