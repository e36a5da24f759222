package io.waybill.transfer.proxy;

import io.waybill.transfer.Credentials;
import io.waybill.transfer.proxy.ProxyException.Reason;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A proxy that connections are made through; it is given the target's name and looks it up. */
public final class ProxyServer {

  /** What a proxy speaks. */
  private enum Kind {
    SOCKS5,
    HTTP_CONNECT
  }

  private final Kind kind;
  private final String host;
  private final int port;
  private final @Nullable Credentials credentials;

  private ProxyServer(Kind kind, String host, int port, @Nullable Credentials credentials) {
    if (port < 1 || port > 65_535) {
      throw new IllegalArgumentException("a proxy's port is 1 to 65535, not " + port);
    }
    this.kind = kind;
    this.host = Objects.requireNonNull(host, "host");
    this.port = port;
    this.credentials = credentials;
  }

  /** Describes a SOCKS5 proxy (RFC 1928). */
  public static ProxyServer socks5(String host, int port) {
    return new ProxyServer(Kind.SOCKS5, host, port, null);
  }

  /** Describes an HTTP proxy that knows CONNECT (RFC 9110 9.3.6). */
  public static ProxyServer httpConnect(String host, int port) {
    return new ProxyServer(Kind.HTTP_CONNECT, host, port, null);
  }

  /**
   * Returns the same proxy with a login: user name and password of RFC 1929, or Basic (RFC 7617).
   * Both travel in the clear.
   */
  public ProxyServer credentials(Credentials value) {
    return new ProxyServer(kind, host, port, Objects.requireNonNull(value));
  }

  /** Returns the host that is connected to. */
  public String host() {
    return host;
  }

  /** Returns the port that is connected to. */
  public int port() {
    return port;
  }

  /**
   * Asks the proxy, on a socket connected to it, to connect further. On return what is read and
   * written there is the target's.
   *
   * @param target name or address, never looked up here
   * @param allowed how long all of it may take
   * @return how long the proxy took for the last step, about one round trip to the target
   * @throws ProxyException if the proxy refuses, cannot reach the target, or is none
   * @throws java.net.SocketTimeoutException if it took too long
   * @throws IOException if the connection breaks
   * @throws IllegalArgumentException if the target's name or the credentials cannot be sent
   */
  public Duration open(Socket connected, String target, int targetPort, Duration allowed)
      throws IOException {
    int before = connected.getSoTimeout();
    Answer answer = new Answer(connected, allowed);
    OutputStream out = connected.getOutputStream();
    Optional<Credentials> login = Optional.ofNullable(credentials);
    if (kind == Kind.SOCKS5) {
      Socks5.logIn(out, answer, login);
    }
    long begun = System.nanoTime();
    switch (kind) {
      case SOCKS5 -> Socks5.connect(out, answer, target, targetPort);
      case HTTP_CONNECT -> HttpConnect.connect(out, answer, target, targetPort, login);
    }
    connected.setSoTimeout(before);
    return Duration.ofNanos(System.nanoTime() - begun);
  }

  /**
   * Connects a socket to the proxy, and through it. On return what is read and written there is the
   * target's.
   *
   * @param target name or address, never looked up here
   * @param allowed how long all of it may take
   * @throws ProxyException whatever goes wrong on the way to the proxy or by it
   */
  public void connect(Socket socket, String target, int targetPort, Duration allowed)
      throws ProxyException {
    long end = System.nanoTime() + allowed.toNanos();
    try {
      InetSocketAddress own = new InetSocketAddress(host, port);
      if (own.isUnresolved()) {
        throw new ProxyException(Reason.UNREACHABLE, "the name of the proxy is not known: " + host);
      }
      socket.connect(own, (int) Math.min(Integer.MAX_VALUE, allowed.toMillis()));
      open(socket, target, targetPort, Duration.ofNanos(end - System.nanoTime()));
    } catch (ProxyException e) {
      throw e;
    } catch (IOException e) {
      throw new ProxyException(Reason.UNREACHABLE, "it cannot be reached: " + e.getMessage(), e);
    } catch (IllegalArgumentException e) {
      throw new ProxyException(Reason.UNTELLABLE, String.valueOf(e.getMessage()), e);
    }
  }

  /** Returns kind and address, without the login. */
  @Override
  public String toString() {
    return (kind == Kind.SOCKS5 ? "SOCKS5 proxy " : "HTTP proxy ") + host + ":" + port;
  }
}
