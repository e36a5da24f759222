package io.waybill.transfer.ftp;

import io.waybill.transfer.proxy.ProxyException;
import io.waybill.transfer.remote.OpenSockets;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.commons.net.ftp.FTPReply;

/**
 * Makes passive data connections: by EPSV (RFC 2428), and by PASV with a server that refuses that,
 * which is asked only once.
 */
final class DataDialer {
  /** Asks where to, in a way that names a port and no address. */
  static final FtpCommand EXTENDED_PASSIVE = new FtpCommand("EPSV", null);

  private static final Pattern EXTENDED = Pattern.compile("\\((.)\\1\\1([0-9]{1,5})\\1\\)");
  private static final Pattern PASSIVE =
      Pattern.compile("(?:[0-9]{1,3},){4}([0-9]{1,3}),([0-9]{1,3})");
  private static final int LARGEST_PORT = 65535;
  private static final int LARGEST_OCTET = 255;

  private final FtpServer server;
  private final Learnt learnt;
  private final OpenSockets sockets;
  private final ControlClient client;

  DataDialer(FtpServer server, Learnt learnt, OpenSockets sockets, ControlClient client) {
    this.server = server;
    this.learnt = learnt;
    this.sockets = sockets;
    this.client = client;
  }

  /**
   * Asks where to, and connects. Which way that works is not known yet: it is found out and learnt.
   */
  Socket connect() throws IOException {
    Socket connected = connectSomehow();
    learnt.reachData();
    return connected;
  }

  private Socket connectSomehow() throws IOException {
    if (!learnt.refusesExtendedPassive()) {
      int code = client.sendCommand("EPSV", null);
      if (code == FTPReply.ENTERING_EPSV_MODE) {
        int port = extendedPort(client.lines().get(0));
        try {
          return connectTo(port);
        } catch (ConnectException | SocketTimeoutException | ProxyException e) {
          // a translating gateway on the way may know PASV only
          return passiveInstead(e);
        }
      }
      if (code < 500) {
        throw client.failed("EPSV");
      }
      learnt.refuseExtendedPassive();
    }
    return connectTo(passivePort());
  }

  private Socket passiveInstead(IOException first) throws IOException {
    try {
      Socket connected = connectTo(passivePort());
      learnt.refuseExtendedPassive();
      return connected;
    } catch (FtpReplyException | ConnectException | SocketTimeoutException | ProxyException e) {
      first.addSuppressed(e);
      throw first;
    }
  }

  /**
   * Asks where to, in the way that has worked.
   *
   * @return a port of the server
   */
  int askPort() throws IOException {
    if (learnt.refusesExtendedPassive()) {
      return passivePort();
    }
    return extendedPort(client.alone(EXTENDED_PASSIVE));
  }

  /** Reads the reply to {@link #EXTENDED_PASSIVE}. */
  static int extendedPort(FtpReply reply) throws FtpReplyException, FtpProtocolException {
    return extendedPort(reply.requireCompletion().lines().get(0));
  }

  private static int extendedPort(String line) throws FtpProtocolException {
    Matcher matcher = EXTENDED.matcher(line);
    return port(matcher.find() ? Integer.parseInt(matcher.group(2)) : 0, line);
  }

  // the address in the reply is often wrong and may be somebody else's: it is not even looked at
  private int passivePort() throws IOException {
    if (client.sendCommand("PASV", null) != FTPReply.ENTERING_PASSIVE_MODE) {
      throw client.failed("PASV");
    }
    String line = client.lines().get(0);
    Matcher matcher = PASSIVE.matcher(line);
    if (!matcher.find()) {
      return port(0, line);
    }
    int high = Integer.parseInt(matcher.group(1));
    int low = Integer.parseInt(matcher.group(2));
    return port(high > LARGEST_OCTET || low > LARGEST_OCTET ? 0 : high << 8 | low, line);
  }

  private static int port(int number, String line) throws FtpProtocolException {
    if (number < 1 || number > LARGEST_PORT) {
      throw new FtpProtocolException(
          "Cannot use the reply '" + FtpReplyException.shown(line) + "'");
    }
    return number;
  }

  // a proxy has looked the name up for the control connection: it does so once more
  /** Connects to a port that the server told. */
  Socket connectTo(int port) throws IOException {
    InetSocketAddress target =
        sockets.isProxied()
            ? InetSocketAddress.createUnresolved(server.host(), port)
            : new InetSocketAddress(client.address(), port);
    Socket socket = sockets.connectData(target, "ftp");
    socket.setSoTimeout((int) server.terms().idleTimeout().toMillis());
    return socket;
  }
}
