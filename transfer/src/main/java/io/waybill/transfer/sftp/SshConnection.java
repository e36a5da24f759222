package io.waybill.transfer.sftp;

import com.jcraft.jsch.ChannelSubsystem;
import com.jcraft.jsch.JSch;
import com.jcraft.jsch.JSchAlgoNegoFailException;
import com.jcraft.jsch.JSchException;
import com.jcraft.jsch.JSchSessionDisconnectException;
import com.jcraft.jsch.Session;
import io.waybill.transfer.remote.OpenSockets;
import io.waybill.transfer.remote.RemoteTerms;
import io.waybill.transfer.remote.StallWatch;
import java.io.EOFException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.net.ConnectException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** An SSH connection whose server and user have proven who they are, and its SFTP channel. */
final class SshConnection {
  private static final int WINDOW_BYTES = 4 << 20;
  private static final int PACKET_BYTES = 32 << 10;
  private static final int KEEP_ALIVE_MILLIS = 15_000;
  private static final int KEEP_ALIVE_UNANSWERED = 3;
  // without certificates, which known_hosts cannot vouch for here, and without SHA-1
  private static final String KEY_ALGORITHMS =
      "ssh-ed25519,ecdsa-sha2-nistp256,ecdsa-sha2-nistp384,ecdsa-sha2-nistp521,"
          + "rsa-sha2-512,rsa-sha2-256";
  private static final String MACS =
      "hmac-sha2-256-etm@openssh.com,hmac-sha2-512-etm@openssh.com,hmac-sha2-256,hmac-sha2-512";
  private static final int TOO_MANY_CONNECTIONS = 12; // RFC 4253 11.1

  private final Session session;
  private final Inbox inbox;
  private final OutputStream output;

  private SshConnection(Session session, Inbox inbox, OutputStream output) {
    this.session = session;
    this.inbox = inbox;
    this.output = output;
  }

  static SshConnection open(SftpServer server, OpenSockets sockets) throws IOException {
    if (Thread.currentThread().isInterrupted()) { // the library would forget it
      throw new InterruptedIOException("Interrupted");
    }
    HostKeyGate gate = new HostKeyGate(server);
    JSch jsch = new JSch();
    LoginKeys.addTo(jsch, server);
    StallWatch watch = sockets.watch();
    RemoteTerms terms = server.terms();
    try (StallWatch.Phase login = watch.within(terms.connectTimeout().plus(terms.loginTimeout()))) {
      SshSockets lines = new SshSockets(sockets);
      Session session = prepare(jsch, server, lines, gate);
      boolean loggedIn = false;
      try {
        session.connect((int) server.terms().loginTimeout().toMillis());
        loggedIn = true;
        session.setServerAliveInterval(KEEP_ALIVE_MILLIS);
        session.setServerAliveCountMax(KEEP_ALIVE_UNANSWERED);
        return openChannel(session, server, sockets);
      } catch (JSchException e) {
        SshRefusedException refusal = gate.refusal();
        throw watch.why(
            refusal != null ? refusal : explained(server, e, lines.isGreeted(), loggedIn));
      }
    } catch (JSchException e) {
      throw new SshRefusedException(SshRefusedException.Reason.SETTINGS, reason(e), e);
    } finally {
      jsch.getIdentityRepository().removeAll();
    }
  }

  /** Has a server show its key, and hangs up before anybody logs in. */
  static HostKeyLook.Seen look(SftpServer server, OpenSockets sockets) throws IOException {
    HostKeyGate gate = HostKeyGate.onlyLooking(server);
    SshSockets lines = new SshSockets(sockets);
    try (StallWatch.Phase patience =
        sockets
            .watch()
            .within(server.terms().connectTimeout().plus(server.terms().loginTimeout()))) {
      Session session = toServer(new JSch(), server, lines, gate);
      try {
        session.connect((int) server.terms().loginTimeout().toMillis());
      } catch (JSchException e) {
        HostKey shown = gate.shown();
        if (shown == null) {
          throw sockets.watch().why(explained(server, e, lines.isGreeted(), false));
        }
        return new HostKeyLook.Seen(
            session.getServerVersion(), shown.type(), shown.fingerprint(), gate.refusal());
      } finally {
        session.disconnect();
      }
      throw new IllegalStateException("a key was believed that must only be looked at");
    } catch (JSchException e) {
      throw new SshRefusedException(SshRefusedException.Reason.SETTINGS, reason(e), e);
    }
  }

  private static Session toServer(JSch jsch, SftpServer server, SshSockets lines, HostKeyGate gate)
      throws JSchException {
    Session session = jsch.getSession(server.user(), server.host(), server.port());
    session.setDaemonThread(true);
    session.setSocketFactory(lines);
    session.setHostKeyRepository(gate);
    session.setConfig("StrictHostKeyChecking", "yes");
    session.setConfig("server_host_key", KEY_ALGORITHMS);
    session.setConfig("PubkeyAcceptedAlgorithms", KEY_ALGORITHMS);
    session.setConfig("mac.c2s", MACS);
    session.setConfig("mac.s2c", MACS);
    return session;
  }

  private static Session prepare(JSch jsch, SftpServer server, SshSockets lines, HostKeyGate gate)
      throws JSchException {
    Session session = toServer(jsch, server, lines, gate);
    List<String> methods = new ArrayList<>();
    if (server.privateKey().isPresent() || server.agent().isPresent()) {
      methods.add("publickey");
    }
    if (server.password().isPresent()) {
      // many servers take a password by the second only
      methods.add("password");
      methods.add("keyboard-interactive");
      session.setPassword(server.password().get().get().getBytes(StandardCharsets.UTF_8));
    }
    session.setConfig("PreferredAuthentications", String.join(",", methods));
    // a wrong password is not said twice
    session.setConfig("MaxAuthTries", methods.contains("publickey") ? "6" : "1");
    return session;
  }

  private static SshConnection openChannel(Session session, SftpServer server, OpenSockets sockets)
      throws JSchException, IOException {
    ChannelSubsystem channel = (ChannelSubsystem) session.openChannel("subsystem");
    channel.setSubsystem("sftp");
    channel.setWantReply(true);
    channel.setLocalWindowSizeMax(WINDOW_BYTES);
    channel.setLocalPacketSize(PACKET_BYTES);
    Inbox inbox = new Inbox();
    // else the connection's thread waits for ever to put something into it
    sockets.add(inbox);
    channel.setOutputStream(inbox);
    long began = System.nanoTime();
    try {
      channel.connect((int) server.terms().replyTimeout().toMillis());
    } catch (JSchException e) {
      if (System.nanoTime() - began >= server.terms().replyTimeout().toNanos()) {
        throw timedOut(e); // the library's words are the same as for a refusal
      }
      throw e;
    }
    return new SshConnection(session, inbox, channel.getOutputStream());
  }

  private static IOException explained(
      SftpServer server, JSchException e, boolean greeted, boolean loggedIn) {
    String why = reason(e);
    if (loggedIn) {
      IOException lost = ioCause(e);
      if (lost != null || small(why).contains("session is down")) {
        return lost != null ? lost : new IOException(why, e);
      }
      return new SshRefusedException(
          SshRefusedException.Reason.NO_SFTP,
          "%s let %s in, but opened no SFTP channel: %s; SFTP may be switched off there"
              .formatted(server.endpoint(), server.user(), why),
          e);
    }
    if (e instanceof JSchAlgoNegoFailException) {
      return new SshRefusedException(
          SshRefusedException.Reason.ALGORITHMS,
          "%s and this client have no algorithm in common: %s; ssh-rsa with SHA-1 and older ones are not used"
              .formatted(server.endpoint(), why),
          e);
    }
    String small = small(why);
    if (e instanceof JSchSessionDisconnectException ended
        && ended.getReasonCode() == TOO_MANY_CONNECTIONS) {
      return busy(server, why, e);
    }
    if (small.contains("auth fail")
        || small.contains("auth cancel")
        || small.contains("too many authentication failures")) {
      return new SshRefusedException(
          SshRefusedException.Reason.LOGIN,
          "%s refused the login of %s: %s; check user, secret and key"
              .formatted(server.endpoint(), server.user(), why),
          e);
    }
    IOException cause = ioCause(e);
    // sshd's MaxStartups closes, and what we sent meanwhile makes it a reset
    if (!greeted
        && (cause == null || cause instanceof EOFException || isReset(cause))
        && !(cause instanceof SocketTimeoutException)) {
      return busy(server, why, e);
    }
    return cause != null ? cause : new IOException(why, e);
  }

  private static String small(String text) {
    return text.toLowerCase(Locale.ROOT);
  }

  private static boolean isReset(IOException cause) {
    return cause instanceof SocketException && !(cause instanceof ConnectException);
  }

  private static SshRefusedException busy(SftpServer server, String why, JSchException e) {
    return new SshRefusedException(
        SshRefusedException.Reason.BUSY,
        "%s hung up before its greeting: %s; it may have too many connections, or be no SSH server"
            .formatted(server.endpoint(), why),
        e);
  }

  private static String reason(JSchException e) {
    String message = e.getMessage();
    return message == null ? e.toString() : message;
  }

  private static @Nullable IOException ioCause(Throwable failure) {
    for (Throwable each = failure.getCause(); each != null; each = each.getCause()) {
      if (each instanceof IOException found) {
        return found;
      }
    }
    String message = failure.getMessage();
    return message != null && message.contains("timeout") ? timedOut(failure) : null;
  }

  private static SocketTimeoutException timedOut(Throwable failure) {
    SocketTimeoutException timeout = new SocketTimeoutException(failure.getMessage());
    timeout.initCause(failure);
    return timeout;
  }

  Inbox inbox() {
    return inbox;
  }

  OutputStream output() {
    return output;
  }

  /** Returns the version string that the server sent, protocol and software (RFC 4253 4.2). */
  String software() {
    return session.getServerVersion();
  }

  /** Returns the cipher of what the server sends. */
  String protection() {
    return "SSH " + session.getCipherAlgorithmS2C();
  }

  void close() {
    inbox.close();
    session.disconnect();
  }
}
