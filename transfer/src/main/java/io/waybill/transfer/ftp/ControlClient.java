package io.waybill.transfer.ftp;

import io.waybill.transfer.remote.OpenSockets;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSocket;
import org.apache.commons.net.ftp.FTPClient;
import org.apache.commons.net.ftp.FTPConnectionClosedException;
import org.apache.commons.net.ftp.FTPReply;
import org.apache.commons.net.io.CRLFLineReader;
import org.jspecify.annotations.Nullable;

/**
 * The library's client with what it lacks: no command leaves that would be read as two (commons-net
 * 3.13.0 sends them), replies are bounded and none is taken for the answer to another command, and
 * TLS is that of {@link SessionTls}.
 */
final class ControlClient extends FTPClient {
  private final FtpServer server;
  private final OpenSockets sockets;
  private final Runnable silence;
  private @Nullable ReplyReader reader;
  private @Nullable SessionTls tls;
  private @Nullable Socket below;

  /**
   * Prepares.
   *
   * @param silence is told when no reply came in time
   */
  ControlClient(FtpServer server, OpenSockets sockets, Runnable silence) {
    this.server = server;
    this.sockets = sockets;
    this.silence = silence;
    setControlEncoding(StandardCharsets.UTF_8);
  }

  /** Connects and reads the greeting; with implicit TLS over that. */
  void connect(Optional<SessionTls> protection) throws IOException {
    tls = protection.orElse(null);
    // the library would look the name up, which may be known to a proxy only
    _socket_ = sockets.connect(server.host(), server.port(), "ftp");
    _connectAction_();
    if (!FTPReply.isPositiveCompletion(getReplyCode())) {
      throw failed("The connection");
    }
    if (server.protection() == Protection.EXPLICIT) {
      sendCommand("AUTH", "TLS");
      if (getReplyCode() != FTPReply.SECURITY_DATA_EXCHANGE_COMPLETE) {
        throw failed("AUTH");
      }
      if (_controlInput_.ready()) { // what came before TLS may be anybody's
        throw new FtpProtocolException("The server went on talking before TLS began");
      }
      protect();
      ReplyReader secured = replies();
      reader = secured;
      _controlInput_ = new CRLFLineReader(secured);
      _controlOutput_ =
          new BufferedWriter(new OutputStreamWriter(_output_, StandardCharsets.UTF_8));
    }
  }

  @Override
  protected void _connectAction_() throws IOException {
    _socket_.setKeepAlive(true);
    if (server.protection() == Protection.IMPLICIT) {
      _socket_.setSoTimeout(getDefaultTimeout());
      protect();
    }
    ReplyReader replies = replies();
    reader = replies;
    _connectAction_(replies);
  }

  private ReplyReader replies() throws IOException {
    return new ReplyReader(
        _socket_, _socket_ instanceof SSLSocket && below != null ? below : _socket_);
  }

  private void protect() throws IOException {
    if (tls != null) {
      below = _socket_;
      SSLSocket secured = tls.control(_socket_);
      _socket_ = secured;
      _input_ = secured.getInputStream();
      _output_ = secured.getOutputStream();
    }
  }

  /** Returns the session of TLS that replies come over. */
  Optional<SSLSession> tlsSession() {
    return _socket_ instanceof SSLSocket secured
        ? Optional.of(secured.getSession())
        : Optional.empty();
  }

  /** Returns the address that is connected to, which data connections go to as well. */
  InetAddress address() {
    return getRemoteAddress();
  }

  @Override
  public int sendCommand(String verb, @Nullable String argument) throws IOException {
    if (argument != null && !isSafe(argument)) {
      throw new CommandRefusedException(verb);
    }
    refuseStrayReply();
    int code = super.sendCommand(verb, argument);
    refuseAnothersReply(new FtpReply(verb, code, lines()));
    return code;
  }

  static boolean isSafe(String argument) {
    return argument.indexOf('\r') < 0
        && argument.indexOf('\n') < 0
        && argument.indexOf('\0') < 0
        && StandardCharsets.UTF_8.newEncoder().canEncode(argument);
  }

  /**
   * Sends commands at once and then reads their replies, one to each.
   *
   * @return the replies, in the order of the commands
   */
  List<FtpReply> together(List<FtpCommand> commands) throws IOException {
    post(commands);
    List<FtpReply> replies = new ArrayList<>();
    for (FtpCommand each : commands) {
      replies.add(awaitReply(each));
    }
    return replies;
  }

  /** Sends a command whose reply is read by {@link #awaitReply}, and nothing else before. */
  void post(FtpCommand command) throws IOException {
    post(List.of(command));
  }

  private void post(List<FtpCommand> commands) throws IOException {
    StringBuilder lines = new StringBuilder();
    for (FtpCommand each : commands) {
      if (each.argument() != null && !isSafe(each.argument())) {
        throw new CommandRefusedException(each.verb());
      }
      lines.append(each.line()).append("\r\n");
    }
    refuseStrayReply();
    _controlOutput_.write(lines.toString());
    _controlOutput_.flush();
  }

  /** Reads the reply to a command that was {@link #post posted}. */
  FtpReply awaitReply(FtpCommand posted) throws IOException {
    FtpReply reply = new FtpReply(posted.verb(), getReply(), lines());
    refuseAnothersReply(reply);
    return reply;
  }

  /** Sends one command, and returns the reply. */
  FtpReply alone(FtpCommand command) throws IOException {
    return new FtpReply(command.verb(), sendCommand(command.verb(), command.argument()), lines());
  }

  // whoever takes it for the answer to the next command is one behind from then on
  private void refuseStrayReply() throws IOException {
    if (_controlInput_ != null
        && (_controlInput_.ready() || (reader != null && reader.hasMore()))) {
      getReply();
      throw new IOException(
          "The server said '%s' without being asked, so that its answers can no longer be told apart"
              .formatted(FtpReplyException.shown(getReplyString())));
    }
  }

  private static void refuseAnothersReply(FtpReply reply) throws IOException {
    if (!reply.isPlausible()) {
      throw new IOException(
          "%s was answered '%s', which answers something else, so that the server's answers can no longer be told apart"
              .formatted(
                  reply.verb(), FtpReplyException.shown(String.join("\r\n", reply.lines()))));
    }
  }

  @Override
  public int getReply() throws IOException {
    if (reader != null) {
      reader.renew();
    }
    try {
      return super.getReply();
    } catch (SocketTimeoutException e) {
      silence.run();
      throw e;
    } catch (FTPConnectionClosedException e) {
      if (getReplyCode() == FTPReply.SERVICE_NOT_AVAILABLE && !_replyLines.isEmpty()) {
        throw new ServiceClosedException(getReplyString(), e);
      }
      throw e;
    }
  }

  /** Sends a command whose reply must be 2yz, and returns the reply's lines. */
  List<String> expectCompletion(String verb, @Nullable String argument) throws IOException {
    sendCommand(verb, argument);
    if (!FTPReply.isPositiveCompletion(getReplyCode())) {
      throw failed(verb);
    }
    return lines();
  }

  /** Reads the reply that ends a data transfer. */
  void expectFinalReply(String verb) throws IOException {
    if (!FTPReply.isPositiveCompletion(getReply())) {
      throw failed(verb);
    }
  }

  FtpReplyException failed(String verb) {
    return new FtpReplyException(verb, getReplyCode(), getReplyString());
  }

  List<String> lines() {
    return Arrays.asList(getReplyStrings());
  }
}
