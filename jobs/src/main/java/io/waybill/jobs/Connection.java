package io.waybill.jobs;

import io.waybill.transfer.PartPattern;
import io.waybill.transfer.RateLimit;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * A reusable, named account or site of the job file. Where a location is asked, {@code NAME:/path}
 * means it.
 *
 * <p>Host and port are never one object with the secret: the secret is a reference and is asked
 * when a connection is made.
 */
public sealed interface Connection {
  String name();

  String host();

  int port();

  /** Returns how it is used; mail connections may choose their proxy. */
  default Line line() {
    return Line.USUAL;
  }

  /**
   * How a connection that holds files is used.
   *
   * @param mostSessions how many may be open at a time; empty for the usual number
   * @param parts how unfinished files are called there; empty for the usual names
   * @param rate how fast it may be, each way; empty for no limit of its own
   * @param proxy what it goes through; empty for what holds for all
   */
  record Line(
      OptionalInt mostSessions,
      Optional<PartPattern> parts,
      Optional<RateLimit> rate,
      Optional<Proxy> proxy) {
    /** What holds where nothing was said. */
    public static final Line USUAL =
        new Line(OptionalInt.empty(), Optional.empty(), Optional.empty(), Optional.empty());

    public Line {
      Objects.requireNonNull(mostSessions, "mostSessions");
      Objects.requireNonNull(parts, "parts");
      Objects.requireNonNull(rate, "rate");
      Objects.requireNonNull(proxy, "proxy");
    }
  }

  /**
   * A proxy.
   *
   * @param url {@code socks5://host:1080} or {@code http://host:3128}, without a login in it
   * @param login empty for nobody
   */
  record Proxy(String url, Optional<Login> login) {}

  /** How a connection is protected. */
  enum Tls {
    IMPLICIT,
    /**
     * Starts in clear and is upgraded before anything is said; refused where the server does not
     * offer it.
     */
    STARTTLS,
    /** In clear. Said so in the log each time. */
    OFF
  }

  /**
   * An FTP server.
   *
   * @param tls {@link Tls#STARTTLS} is what FTP calls explicit
   * @param trust {@link Trust.Plaintext} if there is no TLS, and only then
   */
  record Ftp(
      String name,
      String host,
      int port,
      Tls tls,
      Trust trust,
      String user,
      Secret password,
      Line line)
      implements Connection {
    public Ftp {
      requireHostAndPort(name, host, port);
      if ((tls == Tls.OFF) != (trust instanceof Trust.Plaintext)) {
        throw new IllegalArgumentException("connection \"" + name + "\": " + tls + ", " + trust);
      }
    }
  }

  /** An SSH server with files. */
  record Sftp(
      String name, String host, int port, String user, SshLogin login, HostKeys hostKeys, Line line)
      implements Connection {
    public Sftp {
      requireHostAndPort(name, host, port);
    }
  }

  /** What proves a user to an SSH server. */
  sealed interface SshLogin {
    /** A password. */
    record Password(Secret password) implements SshLogin {}

    /**
     * A private key.
     *
     * @param passphrase what its file is encrypted with; empty if it is not
     */
    record Key(Path file, Optional<Secret> passphrase) implements SshLogin {}

    /** The keys that an ssh-agent holds. */
    record Agent(Path socket) implements SshLogin {}
  }

  /** Which host keys are believed. */
  sealed interface HostKeys {
    /**
     * Those of a known_hosts file.
     *
     * @param file empty for the user's own
     * @param acceptsNew whether the first key of a host that it does not know is written there
     */
    record Known(Optional<Path> file, boolean acceptsNew) implements HostKeys {}

    /** One of these, {@code SHA256:...} as {@code ssh-keygen -lf} prints it. */
    record Pinned(List<String> pins) implements HostKeys {
      public Pinned {
        pins = List.copyOf(pins);
      }
    }
  }

  /**
   * A web server with files.
   *
   * @param trust {@link Trust.Plaintext} if there is no TLS
   * @param isClearAllowed whether a login may travel without TLS
   */
  record Web(
      String name,
      String host,
      int port,
      Trust trust,
      Optional<WebLogin> login,
      boolean isClearAllowed,
      Line line)
      implements Connection {
    public Web {
      requireHostAndPort(name, host, port);
    }
  }

  /** Who asks a web server. */
  sealed interface WebLogin {
    /** User and password. */
    record Basic(String user, Secret password) implements WebLogin {}

    /** A token. */
    record Bearer(Secret token) implements WebLogin {}
  }

  /** A server of the {@code waybill:} protocol. */
  record Hub(
      String name, String host, int port, HubLogin login, Trust trust, List<Host> others, Line line)
      implements Connection {
    public Hub {
      requireHostAndPort(name, host, port);
      Objects.requireNonNull(login, "login");
      Objects.requireNonNull(trust, "trust");
      others = List.copyOf(others);
    }

    /** Takes a hub at one address. */
    public Hub(String name, String host, int port, HubLogin login, Trust trust) {
      this(name, host, port, login, trust, List.of(), Line.USUAL);
    }
  }

  /** Another address of the same server, used when those before it cannot be reached. */
  record Host(String host, int port) {}

  /** How a user of a hub proves to be that user. */
  sealed interface HubLogin {
    /** As far as it is known here. */
    Optional<String> whom();

    /** By a key that both know. */
    record Key(String user, Secret key) implements HubLogin {
      @Override
      public Optional<String> whom() {
        return Optional.of(user);
      }
    }

    /**
     * By a certificate, over TLS; both are PEM files.
     *
     * @param whom empty for the one user that it belongs to
     */
    record Certificate(Optional<String> whom, Path certificate, Path key) implements HubLogin {}
  }

  /** By what a server is known to be the right one. */
  sealed interface Trust {
    /** By nothing: no TLS, everything travels in clear, only the key does not. */
    record Plaintext() implements Trust {}

    /**
     * By its key, or by one of several while it gets a new one.
     *
     * @param pins {@code sha-256:...}, as the server prints it; one at least
     */
    record Pinned(List<String> pins) implements Trust {
      public Pinned {
        pins = List.copyOf(pins);
      }

      /** By one key. */
      public Pinned(String pin) {
        this(List.of(pin));
      }
    }

    /** By its name in a certificate that an authority of this PEM file vouches for. */
    record Authority(Path pem) implements Trust {}

    /** By its name in a certificate that an authority which Java trusts vouches for. */
    record Public() implements Trust {}
  }

  /**
   * An IMAP account.
   *
   * @param trust by what the server is known; pins are not among it
   * @param isCompressed whether what it says is deflated on the way, where it can
   * @param proxy what it goes through; empty for what holds for all
   */
  record Mailbox(
      String name,
      String host,
      int port,
      Tls tls,
      Trust trust,
      MailLogin login,
      boolean isCompressed,
      Optional<Proxy> proxy)
      implements Connection {
    public Mailbox {
      requireHostAndPort(name, host, port);
      Objects.requireNonNull(trust, "trust");
      Objects.requireNonNull(login, "login");
      Objects.requireNonNull(proxy, "proxy");
    }

    /** Takes an account as it is, through what holds for all. */
    public Mailbox(String name, String host, int port, Tls tls, Trust trust, MailLogin login) {
      this(name, host, port, tls, trust, login, false, Optional.empty());
    }

    @Override
    public Line line() {
      return new Line(OptionalInt.empty(), Optional.empty(), Optional.empty(), proxy);
    }
  }

  /**
   * An SMTP submission account.
   *
   * @param login empty for nobody
   * @param from the author of messages that name none
   * @param submission how mail is handed over
   */
  record Outgoing(
      String name,
      String host,
      int port,
      Tls tls,
      Optional<MailLogin> login,
      Optional<String> from,
      Submission submission)
      implements Connection {
    public Outgoing {
      requireHostAndPort(name, host, port);
      Objects.requireNonNull(submission, "submission");
    }

    @Override
    public Line line() {
      return new Line(OptionalInt.empty(), Optional.empty(), Optional.empty(), submission.proxy());
    }
  }

  /** Who logs in, and the reference to what proves it. */
  record Login(String user, Secret password) {}

  private static void requireHostAndPort(String name, String host, int port) {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(host, "host");
    if (port < 1 || port > 65_535) {
      throw new IllegalArgumentException("connection \"" + name + "\": port " + port);
    }
  }
}
