package io.waybill.mail;

import java.time.Duration;

/**
 * Bounds what an account does at its server: connections, messages, recipients.
 *
 * <p>The defaults suit a server of one's own; {@link MailProvider} knows those of the large ones.
 */
public final class SendLimits {
  private static final SendLimits DEFAULTS = builder().build();

  private final int connections;
  private final int messagesPerConnection;
  private final int recipientsPerMessage;
  private final int messagesPerMinute;
  private final int recipientsPerDay;
  private final Duration idleExpiry;
  private final Duration claimTimeout;

  private SendLimits(Builder builder) {
    connections = builder.connections;
    messagesPerConnection = builder.messagesPerConnection;
    recipientsPerMessage = builder.recipientsPerMessage;
    messagesPerMinute = builder.messagesPerMinute;
    recipientsPerDay = builder.recipientsPerDay;
    idleExpiry = builder.idleExpiry;
    claimTimeout = builder.claimTimeout;
  }

  /** Returns the limits where nothing was said. */
  public static SendLimits defaults() {
    return DEFAULTS;
  }

  /** Starts with the defaults. */
  public static Builder builder() {
    return new Builder();
  }

  /** Returns a builder that holds everything these limits do. */
  public Builder toBuilder() {
    return builder()
        .connections(connections)
        .messagesPerConnection(messagesPerConnection)
        .recipientsPerMessage(recipientsPerMessage)
        .messagesPerMinute(messagesPerMinute)
        .recipientsPerDay(recipientsPerDay)
        .idleExpiry(idleExpiry)
        .claimTimeout(claimTimeout);
  }

  /** Returns how many connections may be open at a time; the default is 4. */
  public int connections() {
    return connections;
  }

  /** Returns after how many messages a connection is replaced; the default is 100. */
  public int messagesPerConnection() {
    return messagesPerConnection;
  }

  /**
   * Returns how many recipients one transaction may have; the default is 100, which RFC 5321
   * 4.5.3.1.8 promises. A server that says less is believed.
   */
  public int recipientsPerMessage() {
    return recipientsPerMessage;
  }

  /** Returns how many messages may go out in any minute; 0, the default, is any number. */
  public int messagesPerMinute() {
    return messagesPerMinute;
  }

  /**
   * Returns how many recipients may be addressed in any 24 hours; 0, the default, is any number.
   */
  public int recipientsPerDay() {
    return recipientsPerDay;
  }

  /** Returns how long an unused connection is kept; the default is 60 s. */
  public Duration idleExpiry() {
    return idleExpiry;
  }

  /** Returns the longest wait for a free connection; the default is 30 s. */
  public Duration claimTimeout() {
    return claimTimeout;
  }

  @Override
  public String toString() {
    return "SendLimits[connections="
        + connections
        + " messagesPerConnection="
        + messagesPerConnection
        + " recipientsPerMessage="
        + recipientsPerMessage
        + " messagesPerMinute="
        + messagesPerMinute
        + " recipientsPerDay="
        + recipientsPerDay
        + "]";
  }

  /** Builds {@link SendLimits}. */
  public static final class Builder {
    private int connections = 4;
    private int messagesPerConnection = 100;
    private int recipientsPerMessage = 100;
    private int messagesPerMinute;
    private int recipientsPerDay;
    private Duration idleExpiry = Duration.ofSeconds(60);
    private Duration claimTimeout = Duration.ofSeconds(30);

    private Builder() {}

    /** Sets how many connections may be open at a time, 1 or more. */
    public Builder connections(int most) {
      connections = atLeast(1, most, "connections");
      return this;
    }

    /** Sets after how many messages a connection is replaced, 1 or more. */
    public Builder messagesPerConnection(int most) {
      messagesPerConnection = atLeast(1, most, "messagesPerConnection");
      return this;
    }

    /** Sets how many recipients one transaction may have, 1 or more. */
    public Builder recipientsPerMessage(int most) {
      recipientsPerMessage = atLeast(1, most, "recipientsPerMessage");
      return this;
    }

    /** Sets how many messages may go out in any minute; 0 is any number. */
    public Builder messagesPerMinute(int most) {
      messagesPerMinute = atLeast(0, most, "messagesPerMinute");
      return this;
    }

    /** Sets how many recipients may be addressed in any 24 hours; 0 is any number. */
    public Builder recipientsPerDay(int most) {
      recipientsPerDay = atLeast(0, most, "recipientsPerDay");
      return this;
    }

    /** Sets how long an unused connection is kept; below what the server bears. */
    public Builder idleExpiry(Duration longest) {
      idleExpiry = positive(longest, "idleExpiry");
      return this;
    }

    /** Sets the longest wait for a free connection. */
    public Builder claimTimeout(Duration longest) {
      claimTimeout = positive(longest, "claimTimeout");
      return this;
    }

    /** Returns the limits. */
    public SendLimits build() {
      return new SendLimits(this);
    }

    private static int atLeast(int least, int given, String name) {
      if (given < least) {
        throw new IllegalArgumentException(name + " is at least " + least + ", not " + given);
      }
      return given;
    }

    private static Duration positive(Duration given, String name) {
      if (given.isZero() || given.isNegative()) {
        throw new IllegalArgumentException(name + " is longer than nothing, not " + given);
      }
      return given;
    }
  }
}
