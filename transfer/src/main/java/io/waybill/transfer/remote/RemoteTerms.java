package io.waybill.transfer.remote;

import io.waybill.transfer.PartPattern;
import io.waybill.transfer.RateLimit;
import io.waybill.transfer.SharedRate;
import io.waybill.transfer.WireTap;
import io.waybill.transfer.proxy.ProxyServer;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import javax.net.SocketFactory;
import org.jspecify.annotations.Nullable;

/**
 * How an endpoint is treated, whatever it speaks: how long it is waited for, how many sessions it
 * gets, how fast they may be, and which way they go.
 */
public final class RemoteTerms {
  private static final int MOST_SESSIONS = 64;

  private final Duration connectTimeout;
  private final Duration loginTimeout;
  private final Duration replyTimeout;
  private final Duration idleTimeout;
  private final int maxSessions;
  private final int maxReconnects;
  private final PartPattern partPattern;
  private final RateLimit rateLimit;
  private final SharedRate sharedRate;
  private final @Nullable ProxyServer proxy;
  private final SocketFactory socketFactory;
  private final WireTap tap;
  private final Sleeper sleeper;
  private final RandomGenerator random;
  private final InstantSource clock;
  private final LongSupplier nanoClock;

  private RemoteTerms(Builder<?> builder) {
    this.connectTimeout = builder.connectTimeout;
    this.loginTimeout = builder.loginTimeout;
    this.replyTimeout = builder.replyTimeout;
    this.idleTimeout = builder.idleTimeout;
    this.maxSessions = builder.maxSessions;
    this.maxReconnects = builder.maxReconnects;
    this.partPattern = builder.partPattern;
    this.rateLimit = builder.rateLimit;
    this.sharedRate = builder.sharedRate;
    this.proxy = builder.proxy;
    this.socketFactory = builder.socketFactory;
    this.tap = builder.tap;
    this.sleeper = builder.sleeper;
    this.random = builder.random;
    this.clock = builder.clock;
    this.nanoClock = builder.nanoClock;
  }

  /** Starts with the defaults. */
  public static Standalone builder() {
    return new Standalone();
  }

  /** Returns the longest wait for a connection, the proxy's answer included; default 10 s. */
  public Duration connectTimeout() {
    return connectTimeout;
  }

  /** Returns the longest wait for what comes before the end of the login; default 20 s. */
  public Duration loginTimeout() {
    return loginTimeout;
  }

  /** Returns the longest wait for a reply; default 30 s. */
  public Duration replyTimeout() {
    return replyTimeout;
  }

  /** Returns the longest time in which no byte of a file may move; default 30 s. */
  public Duration idleTimeout() {
    return idleTimeout;
  }

  /** Returns how many sessions may be open at a time; default 4. */
  public int maxSessions() {
    return maxSessions;
  }

  /** Returns how many times one transfer makes a lost session again; default 5. */
  public int maxReconnects() {
    return maxReconnects;
  }

  /** Returns how unfinished files are called there; default {@link PartPattern#USUAL}. */
  public PartPattern partPattern() {
    return partPattern;
  }

  /** Returns how fast all sessions together may be, each way for itself; default no limit. */
  public RateLimit rateLimit() {
    return rateLimit;
  }

  /** Returns what else its bytes count in; default nothing. */
  public SharedRate sharedRate() {
    return sharedRate;
  }

  /** Returns what connections go through; empty if they go directly. */
  public Optional<ProxyServer> proxy() {
    return Optional.ofNullable(proxy);
  }

  /** Returns what makes the sockets; default plain ones. */
  public SocketFactory socketFactory() {
    return socketFactory;
  }

  /** Returns what is told of everything that connections say; default nobody. */
  public WireTap tap() {
    return tap;
  }

  /** Returns how to wait, between reconnects and for a rate. */
  public Sleeper sleeper() {
    return sleeper;
  }

  /** Returns where the jitter of the waits comes from. */
  public RandomGenerator random() {
    return random;
  }

  /** Returns the clock of the receipts, and of a rate's timetable. */
  public InstantSource clock() {
    return clock;
  }

  /** Returns the clock that a rate is kept by, as {@link System#nanoTime}. */
  LongSupplier nanoClock() {
    return nanoClock;
  }

  /** Collects terms and nothing else. */
  public static final class Standalone extends Builder<Standalone> {
    private Standalone() {}

    @Override
    protected Standalone self() {
      return this;
    }

    /** Builds the terms. */
    public RemoteTerms build() {
      return terms();
    }
  }

  /**
   * Collects terms.
   *
   * @param <B> the builder that has more than these
   */
  public abstract static class Builder<B extends Builder<B>> {
    private Duration connectTimeout = Duration.ofSeconds(10);
    private Duration loginTimeout = Duration.ofSeconds(20);
    private Duration replyTimeout = Duration.ofSeconds(30);
    private Duration idleTimeout = Duration.ofSeconds(30);
    private int maxSessions = 4;
    private int maxReconnects = 5;
    private PartPattern partPattern = PartPattern.USUAL;
    private RateLimit rateLimit = RateLimit.unlimited();
    private SharedRate sharedRate = SharedRate.NONE;
    private @Nullable ProxyServer proxy;
    private SocketFactory socketFactory = SocketFactory.getDefault();
    private WireTap tap = WireTap.NONE;
    private Sleeper sleeper = duration -> TimeUnit.NANOSECONDS.sleep(duration.toNanos());
    private RandomGenerator random = new Random();
    private InstantSource clock = InstantSource.system();
    private LongSupplier nanoClock = System::nanoTime;

    /** Starts with the defaults. */
    protected Builder() {}

    /** Returns this builder. */
    protected abstract B self();

    /** Returns what has been collected until now. */
    public final RemoteTerms terms() {
      return new RemoteTerms(this);
    }

    /** Sets the longest wait for a connection. */
    public final B connectTimeout(Duration value) {
      connectTimeout = positive(value);
      return self();
    }

    /**
     * Sets the longest wait for what comes before the end of the login: over FTP each reply, over
     * SFTP all of it. HTTP has no login of its own.
     */
    public final B loginTimeout(Duration value) {
      loginTimeout = positive(value);
      return self();
    }

    /** Sets the longest wait for a reply. */
    public final B replyTimeout(Duration value) {
      replyTimeout = positive(value);
      return self();
    }

    /** Sets the longest time without a byte moving. */
    public final B idleTimeout(Duration value) {
      idleTimeout = positive(value);
      return self();
    }

    /**
     * Sets how many sessions may be open at a time; a server that allows fewer is learnt.
     *
     * @throws IllegalArgumentException unless it is 1 to 64
     */
    public final B maxSessions(int value) {
      if (value < 1 || value > MOST_SESSIONS) {
        throw new IllegalArgumentException("maxSessions is 1 to 64, not " + value);
      }
      maxSessions = value;
      return self();
    }

    /**
     * Sets how many times one transfer makes a lost session again.
     *
     * @throws IllegalArgumentException if negative
     */
    public final B maxReconnects(int value) {
      if (value < 0) {
        throw new IllegalArgumentException("maxReconnects is negative: " + value);
      }
      maxReconnects = value;
      return self();
    }

    /** Sets how unfinished files are called there. */
    public final B partPattern(PartPattern value) {
      partPattern = Objects.requireNonNull(value);
      return self();
    }

    /** Sets how fast all sessions together may be, each way for itself. */
    public final B rateLimit(RateLimit value) {
      rateLimit = Objects.requireNonNull(value);
      return self();
    }

    /** Sets a rate that it keeps to together with other clients, besides its own. */
    public final B sharedRate(SharedRate value) {
      sharedRate = Objects.requireNonNull(value);
      return self();
    }

    /** Sets what connections go through; it is given the server's name and looks it up. */
    public final B proxy(ProxyServer value) {
      proxy = Objects.requireNonNull(value);
      return self();
    }

    /** Sets what makes the sockets; Java's HTTP client makes its own unless there is a proxy. */
    public final B socketFactory(SocketFactory value) {
      socketFactory = Objects.requireNonNull(value);
      return self();
    }

    /** Sets what is told of everything that connections say; Java's HTTP client tells nothing. */
    public final B tap(WireTap value) {
      tap = Objects.requireNonNull(value);
      return self();
    }

    /** Sets how to wait: between reconnects, for a rate, and where a server asks for it. */
    public final B sleeper(Sleeper value) {
      sleeper = Objects.requireNonNull(value);
      return self();
    }

    /** Sets where the jitter of the waits comes from. */
    public final B random(RandomGenerator value) {
      random = Objects.requireNonNull(value);
      return self();
    }

    /** Sets the clock of the receipts, and of a rate's timetable. */
    public final B clock(InstantSource value) {
      clock = Objects.requireNonNull(value);
      return self();
    }

    /** Sets the clock that a rate is kept by, as {@link System#nanoTime}. */
    public final B nanoClock(LongSupplier value) {
      nanoClock = Objects.requireNonNull(value);
      return self();
    }

    private static Duration positive(Duration value) {
      if (value.toMillis() < 1 || value.toMillis() > Integer.MAX_VALUE) {
        throw new IllegalArgumentException("A timeout is 1 ms to 24 days, not " + value);
      }
      return value;
    }
  }
}
