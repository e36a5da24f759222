package io.waybill.transfer.tcp.server;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Base64;
import java.util.Deque;
import java.util.Iterator;

/** The one-time tickets that let further connections join one session. */
final class Tickets {
  private static final Duration VALID = Duration.ofSeconds(60);
  private static final int BYTES = 32;

  private final InstantSource clock;
  private final SecureRandom random;
  private final int most;
  private final Deque<Ticket> issued = new ArrayDeque<>();

  private record Ticket(String text, Instant until) {}

  /**
   * Prepares.
   *
   * @param most how many may be out at a time; another one takes the place of the oldest
   */
  Tickets(InstantSource clock, SecureRandom random, int most) {
    this.clock = clock;
    this.random = random;
    this.most = most;
  }

  /** Makes a ticket: 43 characters of base64url. */
  synchronized String issue() {
    byte[] bytes = new byte[BYTES];
    random.nextBytes(bytes);
    String text = Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    if (issued.size() >= most) {
      issued.removeFirst();
    }
    issued.addLast(new Ticket(text, clock.instant().plus(VALID)));
    return text;
  }

  /** Uses a ticket up; false if there is none such any more. */
  synchronized boolean redeem(String text) {
    byte[] wanted = text.getBytes(StandardCharsets.UTF_8);
    Instant now = clock.instant();
    issued.removeIf(each -> !now.isBefore(each.until));
    boolean found = false;
    for (Iterator<Ticket> each = issued.iterator(); each.hasNext(); ) {
      if (MessageDigest.isEqual(each.next().text.getBytes(StandardCharsets.UTF_8), wanted)) {
        each.remove();
        found = true;
      }
    }
    return found;
  }
}
