package io.waybill.transfer.trace;

import io.waybill.transfer.WireTap;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.function.UnaryOperator;
import javax.net.SocketFactory;

/**
 * Makes sockets whose lines, of one protocol, a tap is told of; secrets are hidden by {@link
 * DialogueTap}.
 *
 * <p>Once TLS begins, the tap is told the encrypted bytes and no lines. A connection to another
 * port than the protocol's own carries a file: of it the tap is told the bytes, and how many there
 * were. The sockets have no channel. Safe for use by many threads, like the factory below.
 */
public final class TracedSockets extends SocketFactory {
  private final SocketFactory sockets;
  private final WireTap tap;
  private final String protocol;
  private final int port;

  private TracedSockets(SocketFactory sockets, WireTap tap, String protocol, int port) {
    this.sockets = sockets;
    this.tap = tap;
    this.protocol = protocol;
    this.port = port;
  }

  /**
   * Wraps a factory; with {@link WireTap#NONE} it is returned as it is.
   *
   * @param sockets makes the sockets, unconnected ones too
   * @param protocol {@code ftp}, {@code smtp}, {@code pop3} or {@code imap}
   * @param port where the protocol's dialogue goes
   */
  public static SocketFactory over(SocketFactory sockets, WireTap tap, String protocol, int port) {
    return tap == WireTap.NONE ? sockets : new TracedSockets(sockets, tap, protocol, port);
  }

  /**
   * Tells a tap of what a connected socket carries; with {@link WireTap#NONE} it is returned as it
   * is.
   *
   * @param isDialogue whether it is lines, of which secrets are hidden; else it is a file's bytes
   */
  public static Socket connected(Socket socket, WireTap tap, String protocol, boolean isDialogue) {
    if (tap == WireTap.NONE) {
      return socket;
    }
    TracedSocket traced =
        new TracedSocket(socket, (on, to) -> tapOf(tap, protocol, isDialogue, on, to));
    traced.begin((InetSocketAddress) socket.getRemoteSocketAddress());
    return traced;
  }

  @Override
  public Socket createSocket() throws IOException {
    return new TracedSocket(sockets.createSocket(), this::open);
  }

  @Override
  public Socket createSocket(String host, int remotePort) throws IOException {
    return traced(sockets.createSocket(host, remotePort));
  }

  @Override
  public Socket createSocket(String host, int remotePort, InetAddress local, int localPort)
      throws IOException {
    return traced(sockets.createSocket(host, remotePort, local, localPort));
  }

  @Override
  public Socket createSocket(InetAddress host, int remotePort) throws IOException {
    return traced(sockets.createSocket(host, remotePort));
  }

  @Override
  public Socket createSocket(InetAddress host, int remotePort, InetAddress local, int localPort)
      throws IOException {
    return traced(sockets.createSocket(host, remotePort, local, localPort));
  }

  private Socket traced(Socket connected) {
    TracedSocket socket = new TracedSocket(connected, this::open);
    socket.begin((InetSocketAddress) connected.getRemoteSocketAddress());
    return socket;
  }

  private SocketTap open(Socket socket, InetSocketAddress target) {
    boolean isDialogue = target.getPort() == port;
    return tapOf(tap, isDialogue ? protocol : protocol + "-data", isDialogue, socket, target);
  }

  private static SocketTap tapOf(
      WireTap tap, String protocol, boolean isDialogue, Socket socket, InetSocketAddress target) {
    InetSocketAddress remote =
        target.isUnresolved() ? (InetSocketAddress) socket.getRemoteSocketAddress() : target;
    WireTap.Tapped listener =
        tap.open(protocol, (InetSocketAddress) socket.getLocalSocketAddress(), remote);
    UnaryOperator<WireTap.Tapped> dialogue =
        next -> protocol.equals("imap") ? DialogueTap.imap(next) : DialogueTap.plain(next);
    return new SocketTap(listener, isDialogue ? dialogue.apply(listener) : listener, isDialogue);
  }
}
