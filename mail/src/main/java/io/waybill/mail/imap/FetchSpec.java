package io.waybill.mail.imap;

import io.waybill.mail.MailException;
import io.waybill.mail.mime.MimeLimits;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Says which messages to read from a mailbox; all conditions must hold. */
public final class FetchSpec {
  private final String folder;
  private final @Nullable String subjectContains;
  private final @Nullable String fromContains;
  private final @Nullable String messageId;
  private final long sinceUid;
  private final int limit;
  private final MimeLimits mimeLimits;

  private FetchSpec(Builder builder) {
    folder = builder.folder;
    subjectContains = builder.subjectContains;
    fromContains = builder.fromContains;
    messageId = builder.messageId;
    sinceUid = builder.sinceUid;
    limit = builder.limit;
    mimeLimits = builder.mimeLimits;
  }

  /** Starts from everything in INBOX, at most 100 messages. */
  public static Builder builder() {
    return new Builder();
  }

  /** Returns the folder; the default is INBOX. */
  public String folder() {
    return folder;
  }

  /** Returns what the subject must contain, without regard to case. */
  public Optional<String> subjectContains() {
    return Optional.ofNullable(subjectContains);
  }

  /** Returns what the From header must contain, without regard to case. */
  public Optional<String> fromContains() {
    return Optional.ofNullable(fromContains);
  }

  /** Returns the Message-ID that the message must have. */
  public Optional<String> messageId() {
    return Optional.ofNullable(messageId);
  }

  /** Returns the UID above which messages are read; the default is 0. */
  public long sinceUid() {
    return sinceUid;
  }

  /** Returns the most messages to return, those with the lowest UIDs; the default is 100. */
  public int limit() {
    return limit;
  }

  /** Returns what reading one message may cost. */
  public MimeLimits mimeLimits() {
    return mimeLimits;
  }

  /** Builds a {@link FetchSpec}. */
  public static final class Builder {
    private String folder = "INBOX";
    private @Nullable String subjectContains;
    private @Nullable String fromContains;
    private @Nullable String messageId;
    private long sinceUid;
    private int limit = 100;
    private MimeLimits mimeLimits = MimeLimits.defaults();

    private Builder() {}

    /**
     * Sets the folder.
     *
     * @throws MailException.InvalidMessage if the name is empty or holds a control character
     */
    public Builder folder(String name) {
      folder = oneLine("folder", name);
      return this;
    }

    /** Asks for subjects with this text in them. */
    public Builder subjectContains(String text) {
      subjectContains = oneLine("subject", text);
      return this;
    }

    /** Asks for authors with this text in name or address. */
    public Builder fromContains(String text) {
      fromContains = oneLine("from", text);
      return this;
    }

    /** Asks for one message by its Message-ID, with angle brackets. */
    public Builder messageId(String id) {
      messageId = oneLine("message-id", id);
      return this;
    }

    /** Asks for messages with a higher UID than this. */
    public Builder sinceUid(long uid) {
      sinceUid = Math.max(0, uid);
      return this;
    }

    /** Sets the most messages to return, at least 1. */
    public Builder limit(int messages) {
      limit = Math.max(1, messages);
      return this;
    }

    /** Sets what reading one message may cost. */
    public Builder mimeLimits(MimeLimits limits) {
      mimeLimits = limits;
      return this;
    }

    /** Returns the specification. */
    public FetchSpec build() {
      return new FetchSpec(this);
    }

    private static String oneLine(String field, String text) {
      for (int i = 0; i < text.length(); i++) {
        if (Character.isISOControl(text.charAt(i))) {
          throw new MailException.InvalidMessage(field, i, "holds a control character");
        }
      }
      if (text.isEmpty()) {
        throw new MailException.InvalidMessage(field, -1, "is empty");
      }
      return text;
    }
  }
}
