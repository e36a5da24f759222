package io.waybill.mail.inbox;

import io.waybill.mail.FieldText;
import io.waybill.mail.MailException;
import io.waybill.mail.mime.MimeLimits;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Says what of a folder is handled, and how. */
public final class PollSpec {
  private final String folder;
  private final MailSearch search;
  private final StartFrom from;
  private final AfterAction after;
  private final UidValidityPolicy uidValidity;
  private final int attempts;
  private final @Nullable String ledgerName;
  private final MimeLimits mimeLimits;

  private PollSpec(Builder builder) {
    folder = builder.folder;
    search = builder.search;
    from = builder.from;
    after = builder.after;
    uidValidity = builder.uidValidity;
    attempts = builder.attempts;
    ledgerName = builder.ledgerName;
    mimeLimits = builder.mimeLimits;
  }

  /** Starts from all mail that arrives in INBOX from now on, which is left as it is. */
  public static Builder builder() {
    return new Builder();
  }

  /** Returns the folder. */
  public String folder() {
    return folder;
  }

  /** Returns what is handled; the rest is passed over for good. */
  public MailSearch search() {
    return search;
  }

  /** Returns where the first run begins. */
  public StartFrom from() {
    return from;
  }

  /** Returns what is done to a message after it was handled. */
  public AfterAction after() {
    return after;
  }

  /** Returns what is done when UIDs count anew. */
  public UidValidityPolicy uidValidity() {
    return uidValidity;
  }

  /** Returns how often a message is tried before it is quarantined. */
  public int attempts() {
    return attempts;
  }

  /** Returns what the ledger calls the account; empty for {@code user@host:port}. */
  public Optional<String> ledgerName() {
    return Optional.ofNullable(ledgerName);
  }

  /** Returns what reading one message may cost. */
  public MimeLimits mimeLimits() {
    return mimeLimits;
  }

  /** Builds a {@link PollSpec}. */
  public static final class Builder {
    private String folder = "INBOX";
    private MailSearch search = MailSearch.everything();
    private StartFrom from = StartFrom.NOW;
    private AfterAction after = AfterAction.NONE;
    private UidValidityPolicy uidValidity = UidValidityPolicy.REMATCH;
    private int attempts = 5;
    private @Nullable String ledgerName;
    private MimeLimits mimeLimits = MimeLimits.defaults();

    private Builder() {}

    /**
     * Sets the folder; INBOX if not set.
     *
     * @throws MailException.InvalidMessage if the name is empty or holds what no name may
     */
    public Builder folder(String name) {
      folder = FieldText.requireFolder(name);
      return this;
    }

    /** Sets what is handled; everything if not set. */
    public Builder search(MailSearch wanted) {
      search = wanted;
      return this;
    }

    /** Sets where the first run begins; now if not set. */
    public Builder from(StartFrom start) {
      from = start;
      return this;
    }

    /** Sets what is done to a message after it was handled; nothing if not set. */
    public Builder after(AfterAction action) {
      after = action;
      return this;
    }

    /** Sets what is done when UIDs count anew; they are rematched if not set. */
    public Builder uidValidity(UidValidityPolicy policy) {
      uidValidity = policy;
      return this;
    }

    /** Sets how often a message is tried, at least once; 5 if not set. */
    public Builder attempts(int most) {
      attempts = Math.max(1, most);
      return this;
    }

    /**
     * Sets what the ledger calls the account, {@code user@host:port} if not set. A name that stays
     * lets the server move: to another port, to another host that has the same mailboxes.
     */
    public Builder ledgerName(String name) {
      ledgerName = name;
      return this;
    }

    /** Sets what reading one message may cost. */
    public Builder mimeLimits(MimeLimits limits) {
      mimeLimits = limits;
      return this;
    }

    /** Returns the specification. */
    public PollSpec build() {
      return new PollSpec(this);
    }
  }
}
