package io.waybill.transfer.ftp;

import io.waybill.transfer.remote.OpenSockets;
import io.waybill.transfer.remote.RefusedByPeerException;
import io.waybill.transfer.tcp.tls.IdentityException;
import io.waybill.transfer.tcp.tls.ServerTrust;
import java.io.Closeable;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.apache.commons.net.ftp.FTPReply;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One logged-in control connection: how it is made and protected, and its data connections. */
final class ControlSession implements Closeable {
  private static final Logger LOG = LoggerFactory.getLogger(ControlSession.class);
  private static final int HURRY_MILLIS = 2000;
  private static final int TRIAL_MILLIS = 5000;

  private final FtpServer server;
  private final ServerTrust trust;
  private final Learnt learnt;
  private final OpenSockets sockets;
  private final ControlClient client;
  private final DataDialer dialer;
  private final PortAhead ahead = new PortAhead(System::nanoTime);
  private Features features = new Features(List.of());
  private @Nullable SessionTls tls;
  private TlsVersions versions;
  private int stored;

  private ControlSession(FtpServer server, ServerTrust trust, Learnt learnt, OpenSockets sockets) {
    this.server = server;
    this.trust = trust;
    this.learnt = learnt;
    this.sockets = sockets;
    this.versions = server.tlsVersions();
    this.client = new ControlClient(server, sockets, this::learnFromSilence);
    this.dialer = new DataDialer(server, learnt, sockets, client);
    client.setConnectTimeout(0); // else it would be the limit of the greeting
    client.setDefaultTimeout((int) server.terms().loginTimeout().toMillis());
  }

  /** Connects, logs in and asks once what the server can do. */
  static ControlSession open(
      FtpServer server, ServerTrust trust, Learnt learnt, OpenSockets sockets) throws IOException {
    ControlSession session = new ControlSession(server, trust, learnt, sockets);
    try {
      session.dial();
      return session;
    } catch (IOException | RuntimeException e) {
      sockets.closeAll();
      throw e;
    }
  }

  private void dial() throws IOException {
    ahead.take(); // was the last connection's
    if (server.protection().isTls()) {
      if (versions == TlsVersions.AUTO && learnt.needsTls12()) {
        versions = TlsVersions.TLS_1_2;
      }
      tls = SessionTls.of(server, trust, versions.protocols());
    }
    client.connect(Optional.ofNullable(tls));
    logIn();
    if (tls != null) {
      // RFC 4217 9: both are mandatory, and there is no way back to the clear
      client.expectCompletion("PBSZ", "0");
      client.expectCompletion("PROT", "P");
    }
    client.setSoTimeout((int) server.terms().replyTimeout().toMillis());
    if (FTPReply.isPositiveCompletion(client.sendCommand("FEAT", null))) {
      features = new Features(client.lines());
    }
    List<FtpCommand> wishes = new ArrayList<>();
    if (features.has("UTF8")) {
      // some need it said, some that have it on anyway refuse it
      wishes.add(new FtpCommand("OPTS", "UTF8 ON"));
    }
    features
        .factsToAskFor()
        .ifPresent(facts -> wishes.add(new FtpCommand("OPTS", "MLST " + facts)));
    wishes.add(new FtpCommand("TYPE", "I"));
    boolean isTrial = learnt.pipelining() == Learnt.Pipelining.UNTRIED;
    try {
      List<FtpReply> replies = together(wishes);
      replies.get(replies.size() - 1).requireCompletion();
    } catch (FtpReplyException e) {
      throw e;
    } catch (IOException e) {
      if (!isTrial || learnt.pipelining() != Learnt.Pipelining.FAILS) {
        throw e;
      }
      client.disconnect();
      dial();
    }
  }

  /**
   * Has commands answered that do not depend on one another, in one round trip where the server can
   * do that. Whether it can is learnt: some servers, and some boxes on the way, lose what comes too
   * early. The session is over then, and the next one does not try.
   *
   * @return a reply to each
   */
  List<FtpReply> together(List<FtpCommand> commands) throws IOException {
    Learnt.Pipelining known = learnt.pipelining();
    if (commands.size() == 1 || known == Learnt.Pipelining.FAILS) {
      List<FtpReply> replies = new ArrayList<>();
      for (FtpCommand each : commands) {
        replies.add(client.alone(each));
      }
      return replies;
    }
    boolean isTrial = known == Learnt.Pipelining.UNTRIED;
    int usual = (int) server.terms().replyTimeout().toMillis();
    try {
      if (isTrial) {
        client.setSoTimeout(Math.min(TRIAL_MILLIS, usual));
      }
      List<FtpReply> replies = client.together(commands);
      learnt.pipelining(Learnt.Pipelining.WORKS);
      if (isTrial) {
        client.setSoTimeout(usual);
      }
      return replies;
    } catch (CommandRefusedException e) {
      // nothing was sent: the session goes on
      client.setSoTimeout(usual);
      throw e;
    } catch (IOException e) {
      if (isTrial || e instanceof SocketTimeoutException) {
        LOG.info(
            "event=ftp-pipelining-fails endpoint={} reason={}", server.endpoint(), e.toString());
        learnt.pipelining(Learnt.Pipelining.FAILS);
      }
      throw e;
    }
  }

  // some servers do nothing else before somebody has come to the port that they told
  private void learnFromSilence() {
    if (ahead.take().isPresent()) {
      learnt.forgetPorts();
    }
  }

  private void logIn() throws IOException {
    client.sendCommand("USER", server.credentials().user());
    String reply = client.getReplyString();
    if (client.getReplyCode() == FTPReply.NEED_PASSWORD) {
      String secret = server.credentials().secret().get();
      client.sendCommand("PASS", secret);
      // a server may repeat what it was sent
      reply =
          secret.isEmpty()
              ? client.getReplyString()
              : client.getReplyString().replace(secret, "***");
    }
    if (!FTPReply.isPositiveCompletion(client.getReplyCode())) {
      throw new FtpReplyException("LOGIN", client.getReplyCode(), reply);
    }
  }

  ControlClient client() {
    return client;
  }

  Features features() {
    return features;
  }

  Learnt learnt() {
    return learnt;
  }

  /** Returns protocol and cipher of the control connection. */
  Optional<String> protection() {
    return client.tlsSession().map(each -> each.getProtocol() + " " + each.getCipherSuite());
  }

  /** Something that is done over one data connection. */
  interface DataWork<T> {
    /** Does it, from its preliminary reply to its final one. */
    T run() throws IOException;

    /** Says whether it can still be done from its start. */
    boolean isRepeatable();
  }

  /**
   * Does something over a data connection. A server that refuses it for want of a TLS session to
   * resume gets a new connection that speaks TLS 1.2, and so do all that follow.
   */
  <T> T overData(DataWork<T> work) throws IOException {
    try {
      return work.run();
    } catch (FtpReplyException e) {
      if (!wantsOlderTls(e)) {
        throw e;
      }
      LOG.info("event=ftp-tls-older endpoint={} reason={}", server.endpoint(), e.getMessage());
      learnt.needTls12();
      if (!work.isRepeatable()) {
        throw new ReuseRefusedException(e);
      }
      client.disconnect();
      dial();
      return work.run();
    }
  }

  private boolean wantsOlderTls(FtpReplyException e) {
    return (e.code() == FTPReply.CANNOT_OPEN_DATA_CONNECTION || e.code() == 522)
        && tls != null
        && versions == TlsVersions.AUTO;
  }

  /** Opens a data connection and starts the command on it. */
  DataChannel openData(String verb, @Nullable String argument, long offset) throws IOException {
    FtpCommand command = new FtpCommand(verb, argument);
    if (!learnt.reachesData() || learnt.pipelining() != Learnt.Pipelining.WORKS) {
      return opened(command, offset, dialer.connect());
    }
    OptionalInt told = ahead.take();
    if (told.isEmpty()) {
      return openedAtOnce(command, offset, dialer.askPort());
    }
    try {
      return openedAtOnce(command, offset, told.getAsInt());
    } catch (FtpReplyException e) {
      if (!isNoData(e) && e.code() != FTPReply.BAD_COMMAND_SEQUENCE) {
        throw e;
      }
      learnt.forgetPorts();
      return openedAtOnce(command, offset, dialer.askPort());
    }
  }

  private DataChannel opened(FtpCommand command, long offset, Socket connected) throws IOException {
    boolean isOpen = false;
    try {
      restart(offset);
      DataChannel channel = started(client.alone(command), connected);
      isOpen = true;
      return channel;
    } finally {
      if (!isOpen) {
        connected.close();
      }
    }
  }

  // the server waits for the connection, so that the command and it can be on their way together
  private DataChannel openedAtOnce(FtpCommand command, long offset, int port) throws IOException {
    restart(offset);
    client.post(command);
    Socket connected = null;
    boolean isOpen = false;
    try {
      connected = connected(command.verb(), port);
      DataChannel channel = started(client.awaitReply(command), connected);
      isOpen = true;
      return channel;
    } finally {
      if (!isOpen && connected != null) {
        connected.close();
      }
    }
  }

  // a server that refuses the command may not let anybody connect
  private Socket connected(String verb, int port) throws IOException {
    try {
      return dialer.connectTo(port);
    } catch (IOException e) {
      IOException said = reason(verb, e);
      if (isNoData(said)) { // 425 says nothing else, and would be taken for a want of older TLS
        throw e;
      }
      throw said;
    }
  }

  private static boolean isNoData(IOException said) {
    return said instanceof FtpReplyException reply
        && reply.code() == FTPReply.CANNOT_OPEN_DATA_CONNECTION;
  }

  private void restart(long offset) throws IOException {
    if (offset > 0 && client.sendCommand("REST", Long.toString(offset)) / 100 != 3) {
      throw client.failed("REST");
    }
  }

  private DataChannel started(FtpReply reply, Socket connected) throws IOException {
    if (!FTPReply.isPositivePreliminary(reply.code())) {
      throw reply.failed();
    }
    if (reply.verb().equals("STOR")) {
      stored++;
    }
    return secured(reply.verb(), connected);
  }

  /**
   * Has commands that end an upload answered together, and asks at the same time where the next
   * file would go to, once there were several.
   *
   * @return a reply to each of the commands
   */
  List<FtpReply> togetherAtEnd(List<FtpCommand> commands) throws IOException {
    boolean asksAhead =
        stored > 1
            && learnt.pipelining() == Learnt.Pipelining.WORKS
            && !learnt.refusesExtendedPassive()
            && !learnt.forgetsPorts();
    if (!asksAhead) {
      return together(commands);
    }
    List<FtpCommand> more = new ArrayList<>(commands);
    more.add(DataDialer.EXTENDED_PASSIVE);
    List<FtpReply> replies = together(more);
    FtpReply told = replies.get(commands.size());
    if (told.isCompletion()) {
      ahead.remember(DataDialer.extendedPort(told));
    } else {
      learnt.forgetPorts();
    }
    return replies.subList(0, commands.size());
  }

  private DataChannel secured(String verb, Socket connected) throws IOException {
    if (tls == null) {
      return DataChannel.plain(connected);
    }
    try {
      return DataChannel.secured(connected, server.port(), tls);
    } catch (IOException e) {
      throw reason(verb, e);
    }
  }

  /**
   * Finds out why a data connection broke: a server that ends it usually says why. Returns what to
   * throw.
   */
  IOException reason(String verb, IOException broken) {
    if (broken instanceof SocketTimeoutException
        || IdentityException.in(broken) != null
        || !client.isConnected()) {
      return broken;
    }
    try {
      client.setSoTimeout((int) Math.min(HURRY_MILLIS, server.terms().replyTimeout().toMillis()));
      int code = client.getReply();
      client.setSoTimeout((int) server.terms().replyTimeout().toMillis());
      if (code >= 400) {
        FtpReplyException said = client.failed(verb);
        said.addSuppressed(broken);
        return said;
      }
    } catch (IOException e) {
      broken.addSuppressed(e);
    }
    return broken;
  }

  /** Something that waits for a reply. */
  interface Wait {
    void run() throws IOException;
  }

  /** Waits longer than usual; the connection goes on after a refusal, so the usual comes back. */
  void patiently(long millis, Wait wait) throws IOException {
    client.setSoTimeout((int) Math.min(millis, Integer.MAX_VALUE));
    try {
      wait.run();
    } catch (RefusedByPeerException e) {
      client.setSoTimeout((int) server.terms().replyTimeout().toMillis());
      throw e;
    }
    client.setSoTimeout((int) server.terms().replyTimeout().toMillis());
  }

  /** Says goodbye, briefly, and closes. */
  @Override
  public void close() {
    try {
      if (client.isConnected()) {
        client.setSoTimeout((int) Math.min(1000, server.terms().replyTimeout().toMillis()));
        client.sendCommand("QUIT", null);
        client.disconnect();
      }
    } catch (IOException e) {
      LOG.debug("event=ftp-quit-failed endpoint={}", server.endpoint(), e);
    } finally {
      sockets.closeAll();
    }
  }
}
