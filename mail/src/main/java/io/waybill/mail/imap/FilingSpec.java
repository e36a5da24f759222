package io.waybill.mail.imap;

import io.waybill.mail.FieldText;
import io.waybill.mail.MailException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Says what is done to messages of one folder, in this order: they are marked, copied, and then
 * moved or deleted. It can be done again without harm.
 */
public final class FilingSpec {
  private static final Pattern KEYWORD = Pattern.compile("[A-Za-z0-9$_.-]{1,64}");
  private static final Map<String, String> FLAGS =
      Map.of(
          "seen", "\\Seen",
          "answered", "\\Answered",
          "flagged", "\\Flagged",
          "draft", "\\Draft");

  private final String folder;
  private final long uidValidity;
  private final List<String> marks;
  private final List<String> unmarks;
  private final @Nullable String copyTo;
  private final @Nullable String moveTo;
  private final boolean isCreating;
  private final boolean isDeleting;

  private FilingSpec(Builder builder) {
    folder = builder.folder;
    uidValidity = builder.uidValidity;
    marks = List.copyOf(builder.marks);
    unmarks = List.copyOf(builder.unmarks);
    copyTo = builder.copyTo;
    moveTo = builder.moveTo;
    isCreating = builder.isCreating;
    isDeleting = builder.isDeleting;
  }

  /**
   * Starts with nothing to do.
   *
   * @param folder in which the messages are
   * @param uidValidity for which their UIDs hold
   * @throws MailException.InvalidMessage if that is no name of a folder
   */
  public static Builder builder(String folder, long uidValidity) {
    return new Builder(FieldText.requireFolder(folder), uidValidity);
  }

  /** Returns the folder in which the messages are. */
  public String folder() {
    return folder;
  }

  /** Returns the UIDVALIDITY for which their UIDs hold. */
  public long uidValidity() {
    return uidValidity;
  }

  /** Returns the flags that they get, as IMAP writes them. */
  public List<String> marks() {
    return marks;
  }

  /** Returns the flags that are taken from them, as IMAP writes them. */
  public List<String> unmarks() {
    return unmarks;
  }

  /** Returns the folder that gets a copy. */
  public Optional<String> copyTo() {
    return Optional.ofNullable(copyTo);
  }

  /** Returns the folder to which they are moved. */
  public Optional<String> moveTo() {
    return Optional.ofNullable(moveTo);
  }

  /** Returns whether folders that are missing are made. */
  public boolean isCreating() {
    return isCreating;
  }

  /** Returns whether they are deleted, for good. */
  public boolean isDeleting() {
    return isDeleting;
  }

  /** Builds a {@link FilingSpec}. */
  public static final class Builder {
    private final String folder;
    private final long uidValidity;
    private final List<String> marks = new ArrayList<>();
    private final List<String> unmarks = new ArrayList<>();
    private @Nullable String copyTo;
    private @Nullable String moveTo;
    private boolean isCreating;
    private boolean isDeleting;

    private Builder(String folder, long uidValidity) {
      this.folder = folder;
      this.uidValidity = uidValidity;
    }

    /**
     * Marks them.
     *
     * @param word seen, answered, flagged, draft, or a keyword such as {@code $Processed}
     * @throws MailException.InvalidMessage if it is none of these
     */
    public Builder mark(String word) {
      marks.add(flag(word));
      return this;
    }

    /** Takes a mark from them; otherwise as {@link #mark}. */
    public Builder unmark(String word) {
      unmarks.add(flag(word));
      return this;
    }

    /**
     * Copies them.
     *
     * @throws MailException.InvalidMessage if that is no name of a folder
     */
    public Builder copyTo(String target) {
      copyTo = FieldText.requireFolder(target);
      return this;
    }

    /**
     * Moves them.
     *
     * @throws MailException.InvalidMessage if that is no name of a folder
     */
    public Builder moveTo(String target) {
      moveTo = FieldText.requireFolder(target);
      return this;
    }

    /** Makes the folders that are missing. */
    public Builder creating() {
      isCreating = true;
      return this;
    }

    /** Deletes them for good: just these, whatever else somebody has marked as deleted. */
    public Builder deleting() {
      isDeleting = true;
      return this;
    }

    /**
     * Returns the specification.
     *
     * @throws MailException.InvalidMessage if they would be moved and deleted
     */
    public FilingSpec build() {
      if (isDeleting && moveTo != null) {
        throw new MailException.InvalidMessage("filing", -1, "both moves and deletes");
      }
      return new FilingSpec(this);
    }

    private static String flag(String word) {
      String flag = FLAGS.get(word.toLowerCase(Locale.ROOT));
      if (flag != null) {
        return flag;
      }
      if (!KEYWORD.matcher(word).matches()) {
        throw new MailException.InvalidMessage(
            "flag",
            -1,
            "is neither seen, answered, flagged or draft nor a keyword of letters, digits, $, _, ."
                + " and -");
      }
      return word;
    }
  }
}
