package io.waybill.transfer.tcp.access;

import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Slows down those who guess keys.
 *
 * <p>It counts failed logins of the last 15 minutes by address (IPv6: by /64) and by user name. An
 * address is refused for 1 s after its third failure, then 2 s, 4 s and so on up to 60 s, and
 * banned for 15 minutes at the tenth. A user name is never refused, or a stranger could lock its
 * owner out: an attempt under a name with failures is only held back, at most 5 s. A success
 * forgets what that user failed from that address, and nothing else: an own account does not wash
 * off guesses at others.
 *
 * <p>Loopback addresses are held back, at most 5 s, neither refused nor banned: behind a balancer
 * without the PROXY protocol everybody has one.
 *
 * <p>Memory is bounded: 10,000 addresses and as many names, of which 128 characters count; the one
 * unused longest is forgotten for a new one. Each call takes constant time. It does not count
 * attempts under way: what {@link ConnectionCaps} lets in before login is what one address can try
 * at once. Thread-safe.
 */
public final class LoginGuard {
  private static final int NAME_LENGTH = 128;

  private final InstantSource clock;
  private final CidrList neverBanned;
  private final int freeFailures;
  private final int failuresToBan;
  private final Duration window;
  private final Duration firstBackoff;
  private final Duration maxBackoff;
  private final Duration maxDelay;
  private final Duration ban;
  private final FailureTable<AddressKey, String> addresses;
  private final FailureTable<String, AddressKey> users;

  private LoginGuard(Builder builder) {
    clock = builder.clock;
    neverBanned = builder.neverBanned;
    freeFailures = builder.freeFailures;
    failuresToBan = builder.failuresToBan;
    window = builder.window;
    firstBackoff = builder.firstBackoff;
    maxBackoff = builder.maxBackoff;
    maxDelay = builder.maxDelay;
    ban = builder.ban;
    addresses = new FailureTable<>(builder.maxEntries, window);
    users = new FailureTable<>(builder.maxEntries, window);
  }

  /** Starts a guard that takes the time from {@code clock}. */
  public static Builder builder(InstantSource clock) {
    return new Builder(clock);
  }

  /** Decides on an attempt, before the name is known or after; asking changes nothing. */
  public synchronized Verdict check(InetAddress address, Optional<String> user) {
    Instant now = clock.instant();
    FailureLog<String> byAddress = addresses.find(AddressKey.of(address), now);
    Duration delay = user.isPresent() ? userDelay(user.get(), now) : Duration.ZERO;
    if (byAddress != null) {
      Instant banned = byAddress.bannedUntil();
      if (banned != null) {
        return new Verdict.Banned(earlier(banned, now.plus(ban)));
      }
      Duration backoff = backoff(byAddress.count(), maxBackoff);
      Instant last = byAddress.last();
      if (neverBanned.contains(address)) {
        delay = longer(delay, shorter(backoff, maxDelay));
      } else if (last != null && now.isBefore(last.plus(backoff))) {
        // a clock that was set back must not make it longer
        return new Verdict.Refused(earlier(last, now).plus(backoff));
      }
    }
    return delay.isZero() ? new Verdict.Admitted() : new Verdict.Delayed(delay);
  }

  /**
   * Counts a failed attempt; one from an address that is banned already does not prolong the ban.
   */
  public synchronized void failed(InetAddress address, Optional<String> user) {
    Instant now = clock.instant();
    AddressKey key = AddressKey.of(address);
    String name = user.map(LoginGuard::shortened).orElse(null);
    FailureLog<String> byAddress = addresses.make(key, now);
    if (byAddress.bannedUntil() == null) {
      byAddress.add(now, name, failuresToBan);
      if (byAddress.count() >= failuresToBan && !neverBanned.contains(address)) {
        byAddress.ban(now.plus(ban));
      }
    }
    if (name != null) {
      users.make(name, now).add(now, key, failuresToBan);
    }
  }

  /** Forgets what {@code user} failed from {@code address}; a ban stays. */
  public synchronized void succeeded(InetAddress address, String user) {
    Instant now = clock.instant();
    AddressKey key = AddressKey.of(address);
    String name = shortened(user);
    @Nullable FailureLog<String> byAddress = addresses.find(key, now);
    if (byAddress != null) {
      byAddress.forget(name);
    }
    @Nullable FailureLog<AddressKey> byUser = users.find(name, now);
    if (byUser != null) {
      byUser.forget(key);
    }
  }

  synchronized int remembered() {
    return Math.max(addresses.size(), users.size());
  }

  private Duration userDelay(String user, Instant now) {
    FailureLog<AddressKey> byUser = users.find(shortened(user), now);
    return byUser == null ? Duration.ZERO : backoff(byUser.count(), maxDelay);
  }

  private Duration backoff(int failures, Duration most) {
    if (failures < freeFailures) {
      return Duration.ZERO;
    }
    int doublings = Math.min(failures - freeFailures, 20);
    return shorter(firstBackoff.multipliedBy(1L << doublings), most);
  }

  private static String shortened(String user) {
    return user.length() <= NAME_LENGTH ? user : user.substring(0, NAME_LENGTH);
  }

  private static Instant earlier(Instant one, Instant other) {
    return one.isBefore(other) ? one : other;
  }

  private static Duration shorter(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? one : other;
  }

  private static Duration longer(Duration one, Duration other) {
    return one.compareTo(other) > 0 ? one : other;
  }

  /** Collects how strict a guard is. */
  public static final class Builder {
    private final InstantSource clock;
    private CidrList neverBanned = CidrList.parse("127.0.0.0/8, ::1");
    private int freeFailures = 3;
    private int failuresToBan = 10;
    private Duration window = Duration.ofMinutes(15);
    private Duration firstBackoff = Duration.ofSeconds(1);
    private Duration maxBackoff = Duration.ofSeconds(60);
    private Duration maxDelay = Duration.ofSeconds(5);
    private Duration ban = Duration.ofMinutes(15);
    private int maxEntries = 10_000;

    private Builder(InstantSource clock) {
      this.clock = clock;
    }

    /** Names addresses that are only held back; loopback by default. */
    public Builder neverBanned(CidrList blocks) {
      neverBanned = blocks;
      return this;
    }

    /** Sets the failure from which on an address is refused; 3 by default, at least 1. */
    public Builder backoffFrom(int failures) {
      freeFailures = atLeastOne("backoffFrom", failures);
      return this;
    }

    /** Sets the failures within the window that ban an address; 10 by default, 1 to 1000. */
    public Builder banAt(int failures) {
      if (failures > 1000) {
        throw new IllegalArgumentException("banAt is " + failures + "; at most 1000");
      }
      failuresToBan = atLeastOne("banAt", failures);
      return this;
    }

    /** Sets how long a failure counts; 15 minutes by default. */
    public Builder window(Duration length) {
      window = positive("window", length);
      return this;
    }

    /** Sets the first and the longest refusal of an address; 1 s and 60 s by default. */
    public Builder backoff(Duration first, Duration most) {
      firstBackoff = positive("first backoff", first);
      maxBackoff = positive("longest backoff", most);
      return this;
    }

    /** Sets the longest time that an attempt is held back for; 5 s by default. */
    public Builder maxDelay(Duration most) {
      maxDelay = positive("maxDelay", most);
      return this;
    }

    /** Sets how long a ban lasts; 15 minutes by default. */
    public Builder ban(Duration length) {
      ban = positive("ban", length);
      return this;
    }

    /** Sets how many addresses, and how many names, are remembered; 10,000 by default. */
    public Builder maxEntries(int most) {
      maxEntries = atLeastOne("maxEntries", most);
      return this;
    }

    /** Makes the guard. */
    public LoginGuard build() {
      return new LoginGuard(this);
    }

    private static int atLeastOne(String what, int value) {
      if (value < 1) {
        throw new IllegalArgumentException(what + " is " + value + "; at least 1");
      }
      return value;
    }

    private static Duration positive(String what, Duration value) {
      if (value.isNegative() || value.isZero() || value.compareTo(Duration.ofDays(1)) > 0) {
        throw new IllegalArgumentException(what + " is " + value + "; above 0, at most a day");
      }
      return value;
    }
  }
}
