package io.waybill.mail;

import java.net.UnknownHostException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reports why mail could not be sent, queued or read: what, where, why, and whether waiting helps.
 *
 * <p>No message of these exceptions holds a password or a value of the mail itself.
 */
public abstract sealed class MailException extends RuntimeException {
  private static final long serialVersionUID = 1;

  private MailException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }

  /** Returns whether the same call may succeed later with nothing changed. */
  public abstract boolean isTransient();

  /**
   * Returns whether the message may have been accepted all the same; such a call is not repeated.
   */
  public boolean isAmbiguous() {
    return false;
  }

  /** A name could not be resolved, or nothing answered there. */
  public static final class ConnectFailed extends MailException {
    private static final long serialVersionUID = 1;
    private final String server;

    /** Names the server as {@code host:port}. */
    public ConnectFailed(String server, Throwable cause) {
      super("cannot connect to " + server + ": " + reason(cause), cause);
      this.server = server;
    }

    /** Returns {@code host:port}. */
    public String server() {
      return server;
    }

    @Override
    public boolean isTransient() {
      return true;
    }
  }

  /** The connection could not be protected as the account demands. */
  public static final class TlsFailed extends MailException {
    private static final long serialVersionUID = 1;
    private final String server;

    /** Names the server as {@code host:port} and the reason in words. */
    public TlsFailed(String server, String why, @Nullable Throwable cause) {
      super("no protected connection to " + server + ": " + why, cause);
      this.server = server;
    }

    /** Returns {@code host:port}. */
    public String server() {
      return server;
    }

    @Override
    public boolean isTransient() {
      return false;
    }
  }

  /** The server refused the login, or offers none that we can use. */
  public static final class AuthenticationFailed extends MailException {
    private static final long serialVersionUID = 1;
    private final String server;
    private final String user;
    private final boolean temporary;

    /**
     * Names the server and the user, never the password; {@code temporary} is the server's word.
     */
    public AuthenticationFailed(
        String server, String user, String why, boolean temporary, @Nullable Throwable cause) {
      this(
          server,
          user,
          temporary,
          "login of '" + user + "' at " + server + " failed: " + why,
          cause);
    }

    private AuthenticationFailed(
        String server, String user, boolean temporary, String message, @Nullable Throwable cause) {
      super(message, cause);
      this.server = server;
      this.user = user;
      this.temporary = temporary;
    }

    /**
     * No login was tried, as there is no access token for it.
     *
     * @param issuer who should have given one, as {@code host:port}
     * @param user who was to log in
     */
    public static AuthenticationFailed withoutToken(
        String issuer, String user, String why, boolean temporary, @Nullable Throwable cause) {
      return new AuthenticationFailed(
          issuer,
          user,
          temporary,
          "no access token for '" + user + "' from " + issuer + ": " + why,
          cause);
    }

    /** Returns {@code host:port}. */
    public String server() {
      return server;
    }

    /** Returns the login name. */
    public String user() {
      return user;
    }

    @Override
    public boolean isTransient() {
      return temporary;
    }
  }

  /** Something here keeps the account from sending for a while. */
  public static final class Held extends MailException {
    private static final long serialVersionUID = 1;
    private final Instant until;

    /** Says what holds it back, and until when. */
    public Held(String server, String why, Instant until) {
      super("nothing is sent to " + server + " until " + until + ": " + why, null);
      this.until = until;
    }

    /** Returns when it may be tried again. */
    public Instant until() {
      return until;
    }

    @Override
    public boolean isTransient() {
      return true;
    }
  }

  /** The server refused for good (5yz). */
  public static final class Refused extends MailException {
    private static final long serialVersionUID = 1;
    private final transient @Nullable Reply reply;

    /** Says what the server refused; {@code reply} is null when no answer is known. */
    public Refused(String server, String what, @Nullable Reply reply) {
      super(server + " refused " + what + (reply == null ? "" : ": " + reply), null);
      this.reply = reply;
    }

    /** Returns the server's answer. */
    public Optional<Reply> reply() {
      return Optional.ofNullable(reply);
    }

    @Override
    public boolean isTransient() {
      return false;
    }
  }

  /** The server asked to try later (4yz). */
  public static final class Deferred extends MailException {
    private static final long serialVersionUID = 1;
    private final transient @Nullable Reply reply;

    /** Says what the server deferred; {@code reply} is null when no answer is known. */
    public Deferred(String server, String what, @Nullable Reply reply) {
      super(server + " deferred " + what + (reply == null ? "" : ": " + reply), null);
      this.reply = reply;
    }

    /** Returns the server's answer. */
    public Optional<Reply> reply() {
      return Optional.ofNullable(reply);
    }

    @Override
    public boolean isTransient() {
      return true;
    }
  }

  /** The connection broke, or the peer spoke no sense, before the final dot: nothing was sent. */
  public static final class ConnectionLost extends MailException {
    private static final long serialVersionUID = 1;

    /** Says during what the connection to {@code host:port} broke. */
    public ConnectionLost(String server, String during, Throwable cause) {
      super("connection to " + server + " lost during " + during + ": " + reason(cause), cause);
    }

    @Override
    public boolean isTransient() {
      return true;
    }
  }

  /** A timeout or the deadline passed before the final dot: nothing was sent. */
  public static final class TimedOut extends MailException {
    private static final long serialVersionUID = 1;

    /** Says during what {@code host:port} was waited for in vain. */
    public TimedOut(String server, String during, @Nullable Throwable cause) {
      super(server + " did not answer in time during " + during, cause);
    }

    @Override
    public boolean isTransient() {
      return true;
    }
  }

  /** The call was given up on purpose before the final dot: nothing was sent. */
  public static final class Cancelled extends MailException {
    private static final long serialVersionUID = 1;

    /** Says during what the caller gave up. */
    public Cancelled(String server, String during, @Nullable Throwable cause) {
      super("cancelled during " + during + " at " + server, cause);
    }

    @Override
    public boolean isTransient() {
      return false;
    }
  }

  /** The connection broke after the final dot: the message may have been accepted. */
  public static final class Ambiguous extends MailException {
    private static final long serialVersionUID = 1;
    private final String messageId;

    /** Names the message by its Message-ID. */
    public Ambiguous(String server, String messageId) {
      super(
          "it is unknown whether "
              + server
              + " accepted "
              + messageId
              + ": look for it at the recipient before sending it again",
          null);
      this.messageId = messageId;
    }

    /** Returns the Message-ID header with its angle brackets. */
    public String messageId() {
      return messageId;
    }

    @Override
    public boolean isTransient() {
      return false;
    }

    @Override
    public boolean isAmbiguous() {
      return true;
    }
  }

  /** A field of a message or of a request cannot be sent as it is. */
  public static final class InvalidMessage extends MailException {
    private static final long serialVersionUID = 1;
    private final String field;
    private final int position;
    private final String why;

    /**
     * Names the field and the index of the offending character (-1: the whole), never the value.
     */
    public InvalidMessage(String field, int position, String why) {
      super(field + " " + why + (position < 0 ? "" : " at position " + position), null);
      this.field = field;
      this.position = position;
      this.why = why;
    }

    /** Returns the name of the field. */
    public String field() {
      return field;
    }

    /** Returns the index of the first offending character, or -1 when the whole field is wrong. */
    public int position() {
      return position;
    }

    InvalidMessage in(String outerField) {
      return new InvalidMessage(outerField + " " + field, position, why);
    }

    @Override
    public boolean isTransient() {
      return false;
    }
  }

  /**
   * A file to be attached, or the temporary file of a large message, could not be read or written.
   */
  public static final class ContentUnavailable extends MailException {
    private static final long serialVersionUID = 1;

    /** Says which content could not be read or written. */
    public ContentUnavailable(String what, Throwable cause) {
      super(what + ": " + reason(cause), cause);
    }

    @Override
    public boolean isTransient() {
      return false;
    }
  }

  /** A key or certificate that messages are signed or encrypted with cannot be used. */
  public static final class KeyUnusable extends MailException {
    private static final long serialVersionUID = 1;
    private final String key;

    /** Names the key by what it is for or where it lies, and says why; never what it holds. */
    public KeyUnusable(String key, String why, @Nullable Throwable cause) {
      super(key + " cannot be used: " + why, cause);
      this.key = key;
    }

    /** Returns what the key is for, or where it lies. */
    public String key() {
      return key;
    }

    @Override
    public boolean isTransient() {
      return false;
    }
  }

  /** A mailbox (folder) does not exist or cannot be opened. */
  public static final class MailboxNotFound extends MailException {
    private static final long serialVersionUID = 1;
    private final String folder;
    private final transient List<String> nearMatches;

    /** Names the folder and those that look like it. */
    public MailboxNotFound(String server, String folder, Collection<String> nearMatches) {
      super(
          "no mailbox '"
              + folder
              + "' at "
              + server
              + (nearMatches.isEmpty() ? "" : "; did you mean " + String.join(", ", nearMatches)),
          null);
      this.folder = folder;
      this.nearMatches = List.copyOf(nearMatches);
    }

    /** Returns the folder that was asked for. */
    public String folder() {
      return folder;
    }

    /** Returns existing folders with a similar name, best first. */
    public List<String> nearMatches() {
      return nearMatches;
    }

    @Override
    public boolean isTransient() {
      return false;
    }
  }

  /** A folder's UIDs count anew, and nobody said that it may be read all the same. */
  public static final class MailboxChanged extends MailException {
    private static final long serialVersionUID = 1;

    /** Names the folder and what its UIDs held for before and hold for now. */
    public MailboxChanged(String mailbox, long before, long now) {
      this(
          mailbox,
          before,
          now,
          "messages that were handled cannot be told from others by number; choose rematch,"
              + " skip-existing or reprocess");
    }

    /** Says the same with what follows from it. */
    public MailboxChanged(String mailbox, long before, long now, String consequence) {
      super(
          "UIDVALIDITY of %s changed from %d to %d, so %s"
              .formatted(mailbox, before, now, consequence),
          null);
    }

    @Override
    public boolean isTransient() {
      return false;
    }
  }

  /** Another process has taken over a folder that this one was reading. */
  public static final class LeaseLost extends MailException {
    private static final long serialVersionUID = 1;

    /** Names the folder. */
    public LeaseLost(String mailbox) {
      super(
          mailbox
              + " was taken over by another process, because this one did not write down anything"
              + " in time",
          null);
    }

    @Override
    public boolean isTransient() {
      return true;
    }
  }

  /** The outbox could not read or write its tables. */
  public static final class StoreFailed extends MailException {
    private static final long serialVersionUID = 1;

    /** Says what could not be read or written. */
    public StoreFailed(String what, Throwable cause) {
      super("outbox could not " + what + ": " + reason(cause), cause);
    }

    @Override
    public boolean isTransient() {
      return true;
    }
  }

  /** A newer program has upgraded the tables. */
  public static final class StoreTooNew extends MailException {
    private static final long serialVersionUID = 1;

    /** Names both versions. */
    public StoreTooNew(String stored, String known) {
      super(
          "the mail's tables are of version %s, and this program knows them up to version %s: a newer waybill has used this store; use that one, or restore a backup from before"
              .formatted(stored, known),
          null);
    }

    @Override
    public boolean isTransient() {
      return false;
    }
  }

  /** The outbox holds as much as it may. */
  public static final class OutboxFull extends MailException {
    private static final long serialVersionUID = 1;

    /** Says how much waits in it, and how much may. */
    public OutboxFull(String what) {
      super(
          "the outbox is full: " + what + "; see why nothing leaves it, or let it hold more", null);
    }

    @Override
    public boolean isTransient() {
      return true;
    }
  }

  /** The outbox entry is not in a state that allows the call. */
  public static final class OutboxConflict extends MailException {
    private static final long serialVersionUID = 1;
    private final String entryId;
    private final boolean busy;

    /** Says why; {@code busy} when another owner is at work on the entry. */
    public OutboxConflict(String entryId, String why, boolean busy) {
      super("outbox entry " + entryId + " " + why, null);
      this.entryId = entryId;
      this.busy = busy;
    }

    /** Returns the id of the entry. */
    public String entryId() {
      return entryId;
    }

    @Override
    public boolean isTransient() {
      return busy;
    }
  }

  private static String reason(Throwable cause) {
    if (cause instanceof FileSystemException platform && platform.getReason() == null) {
      // Of these two the platform says the name only.
      String what =
          cause instanceof AccessDeniedException
              ? "no permission for "
              : cause instanceof NoSuchFileException ? "there is no file " : "";
      return what + platform.getFile();
    }
    if (cause instanceof UnknownHostException) {
      return "there is no host of that name (or no name server answers)";
    }
    String message = cause.getMessage();
    return message == null || message.isBlank() ? cause.getClass().getSimpleName() : message;
  }
}
