package io.waybill.mail.imap;

import io.waybill.mail.FieldText;
import io.waybill.mail.MailException;
import io.waybill.mail.inbox.MailSearch;
import io.waybill.mail.mime.MimeLimits;

/** Says which messages to read from a mailbox; all conditions must hold. */
public final class FetchSpec {
  private final String folder;
  private final MailSearch search;
  private final long sinceUid;
  private final int limit;
  private final MimeLimits mimeLimits;

  private FetchSpec(Builder builder) {
    folder = builder.folder;
    search = builder.search;
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

  /** Returns what is looked for; the default is everything. */
  public MailSearch search() {
    return search;
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
    private MailSearch search = MailSearch.everything();
    private long sinceUid;
    private int limit = 100;
    private MimeLimits mimeLimits = MimeLimits.defaults();

    private Builder() {}

    /**
     * Sets the folder.
     *
     * @throws MailException.InvalidMessage if the name is empty or holds what no name may
     */
    public Builder folder(String name) {
      folder = FieldText.requireFolder(name);
      return this;
    }

    /** Asks for what is looked for. */
    public Builder search(MailSearch wanted) {
      search = wanted;
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
  }
}
