package io.waybill.transfer;

import java.io.Serial;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The root of everything that goes wrong in a transfer. The message says what, where and why;
 * {@link #failure()} says what a retry could do about it.
 */
public abstract sealed class TransferException extends RuntimeException {
  @Serial private static final long serialVersionUID = 1L;

  /** What kind of failure it is, for whoever decides about a retry. */
  public enum Failure {
    /** Trying again later may well succeed. */
    TRANSIENT,
    /** Trying again the same way fails again. */
    PERMANENT,
    /** Bytes or identities differ that should be equal; nothing was published. */
    INTEGRITY,
    /** It is unknown whether the other side finished; look before trying again. */
    AMBIGUOUS,
    /** The request itself is wrong. */
    CONFIGURATION
  }

  private final Failure failure;

  private TransferException(Failure failure, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.failure = failure;
  }

  /** Returns the kind of failure. */
  public Failure failure() {
    return failure;
  }

  /** Says whether trying again later may well succeed. */
  public boolean isTransient() {
    return failure == Failure.TRANSIENT;
  }

  /** The connection could not be made, or was lost or closed; always transient. */
  public static final class Connection extends TransferException {
    @Serial private static final long serialVersionUID = 1L;
    private final String endpoint;

    /** Tells of a connection to {@code endpoint} ({@code host:port}). */
    public Connection(String endpoint, String message, @Nullable Throwable cause) {
      super(Failure.TRANSIENT, message, cause);
      this.endpoint = endpoint;
    }

    /** Returns the other end as {@code host:port}. */
    public String endpoint() {
      return endpoint;
    }
  }

  /** A wait was longer than allowed; always transient. */
  public static final class Timeout extends TransferException {
    @Serial private static final long serialVersionUID = 1L;
    private final String endpoint;
    private final Duration waited;

    /** Tells of a wait of {@code waited} for {@code endpoint}. */
    public Timeout(String endpoint, Duration waited, String message, @Nullable Throwable cause) {
      super(Failure.TRANSIENT, message, cause);
      this.endpoint = endpoint;
      this.waited = waited;
    }

    /** Returns the other end as {@code host:port}. */
    public String endpoint() {
      return endpoint;
    }

    /** Returns the limit that was exceeded. */
    public Duration waited() {
      return waited;
    }
  }

  /** The login was refused; permanent, so that a wrong password is not hammered. */
  public static final class Authentication extends TransferException {
    @Serial private static final long serialVersionUID = 1L;
    private final String endpoint;
    private final String user;

    /** Tells that {@code endpoint} refused {@code user}. */
    public Authentication(String endpoint, String user, String message, @Nullable Throwable cause) {
      super(Failure.PERMANENT, message, cause);
      this.endpoint = endpoint;
      this.user = user;
    }

    /** Returns the other end as {@code host:port}. */
    public String endpoint() {
      return endpoint;
    }

    /** Returns who wanted to log in. */
    public String user() {
      return user;
    }
  }

  /** The file or directory asked for does not exist. */
  public static final class NotFound extends TransferException {
    @Serial private static final long serialVersionUID = 1L;
    private final String path;

    /** Tells that there is no {@code path}. */
    public NotFound(String path, String message, @Nullable Throwable cause) {
      super(Failure.PERMANENT, message, cause);
      this.path = path;
    }

    /** Returns the name that was asked for. */
    public String path() {
      return path;
    }
  }

  /** The endpoint would not do it: no right, a quota, an existing target, or too busy. */
  public static final class Refused extends TransferException {
    @Serial private static final long serialVersionUID = 1L;
    private final int code;
    private final boolean outOfRoom;

    /**
     * Tells of a refusal.
     *
     * @param code the endpoint's own reply code, 0 if it has none
     * @param mayPass whether the endpoint says that it may work later
     */
    public Refused(int code, boolean mayPass, String message, @Nullable Throwable cause) {
      this(code, mayPass, false, message, cause);
    }

    private Refused(
        int code, boolean mayPass, boolean outOfRoom, String message, @Nullable Throwable cause) {
      super(mayPass ? Failure.TRANSIENT : Failure.PERMANENT, message, cause);
      this.code = code;
      this.outOfRoom = outOfRoom;
    }

    /** Tells that the endpoint's disk or quota is full, which the next file will find, too. */
    public static Refused outOfRoom(int code, String message, @Nullable Throwable cause) {
      return new Refused(code, true, true, message, cause);
    }

    /** Says whether the endpoint's disk or quota is full. */
    public boolean isOutOfRoom() {
      return outOfRoom;
    }

    /** Returns the endpoint's own reply code, 0 if it has none. */
    public int code() {
      return code;
    }
  }

  /** What arrived is not what was sent; nothing was published. */
  public static final class Integrity extends TransferException {
    @Serial private static final long serialVersionUID = 1L;
    private final String path;
    private final String expected;
    private final String actual;

    /** Tells that {@code path} should have been {@code expected} and is {@code actual}. */
    public Integrity(
        String path, String expected, String actual, String message, @Nullable Throwable cause) {
      super(Failure.INTEGRITY, message, cause);
      this.path = path;
      this.expected = expected;
      this.actual = actual;
    }

    /** Returns the file that differs. */
    public String path() {
      return path;
    }

    /** Returns the size, digest, identity or level that was wanted. */
    public String expected() {
      return expected;
    }

    /** Returns what was found instead. */
    public String actual() {
      return actual;
    }
  }

  /** The connection was lost when the other side may or may not have finished. */
  public static final class Ambiguous extends TransferException {
    @Serial private static final long serialVersionUID = 1L;
    private final String path;

    /** Tells that nobody knows whether {@code path} is done. */
    public Ambiguous(String path, String message, @Nullable Throwable cause) {
      super(Failure.AMBIGUOUS, message, cause);
      this.path = path;
    }

    /** Returns the remote file in question. */
    public String path() {
      return path;
    }
  }

  /** A file of this machine could not be read or written. */
  public static final class LocalFile extends TransferException {
    @Serial private static final long serialVersionUID = 1L;
    private final String path;
    private final boolean diskFull;

    private LocalFile(Failure failure, Path path, boolean diskFull, String why, Throwable cause) {
      super(failure, why, cause);
      this.path = path.toString();
      this.diskFull = diskFull;
    }

    /** Tells of a full disk or an exhausted quota: transient, what was written is kept. */
    public static LocalFile diskFull(Path path, Throwable cause) {
      return new LocalFile(
          Failure.TRANSIENT,
          path,
          true,
          "The disk or quota is full while writing "
              + path
              + "; what was written is kept, make room and start again",
          cause);
    }

    /** Tells that another process or thread is writing the same target: transient. */
    public static LocalFile busy(Path path, Throwable cause) {
      return new LocalFile(
          Failure.TRANSIENT,
          path,
          false,
          "Another transfer is writing " + path + " from the same source right now",
          cause);
    }

    /** Tells that the thread was interrupted: transient, what was written is kept. */
    public static LocalFile interrupted(Path path, Throwable cause) {
      return new LocalFile(
          Failure.TRANSIENT, path, false, "Interrupted while working on " + path, cause);
    }

    /** Tells of any other failure of reading or writing: permanent. */
    public static LocalFile failed(Path path, String message, Throwable cause) {
      return new LocalFile(Failure.PERMANENT, path, false, message, cause);
    }

    /** Returns the local file. */
    public String path() {
      return path;
    }

    /** Says whether making room would help. */
    public boolean isDiskFull() {
      return diskFull;
    }
  }

  /** The other side broke the protocol. */
  public static final class Protocol extends TransferException {
    @Serial private static final long serialVersionUID = 1L;
    private final String endpoint;

    /** Tells what {@code endpoint} did wrong. */
    public Protocol(String endpoint, String message, @Nullable Throwable cause) {
      super(Failure.PERMANENT, message, cause);
      this.endpoint = endpoint;
    }

    /** Returns the other end as {@code host:port}. */
    public String endpoint() {
      return endpoint;
    }
  }

  /** The request cannot be carried out as it is written. */
  public static final class Configuration extends TransferException {
    @Serial private static final long serialVersionUID = 1L;

    /** Tells what is wrong with the request. */
    public Configuration(String message) {
      super(Failure.CONFIGURATION, message, null);
    }

    /** Tells what is wrong with the request, and how that came out. */
    public Configuration(String message, Throwable cause) {
      super(Failure.CONFIGURATION, message, cause);
    }
  }
}
