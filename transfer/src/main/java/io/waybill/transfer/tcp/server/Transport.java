package io.waybill.transfer.tcp.server;

import io.waybill.transfer.Pacer;
import io.waybill.transfer.tcp.tls.BindingType;
import io.waybill.transfer.tcp.tls.ClientIdentity;
import io.waybill.transfer.tcp.tls.IdentityException;
import io.waybill.transfer.tcp.tls.PlaintextException;
import io.waybill.transfer.tcp.tls.Tls;
import io.waybill.transfer.tcp.tls.TlsChannel;
import io.waybill.transfer.tcp.tls.TlsException;
import io.waybill.transfer.tcp.wire.BufferBudget;
import io.waybill.transfer.tcp.wire.Connection;
import io.waybill.transfer.tcp.wire.Wire;
import io.waybill.transfer.tcp.wire.WireException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What carries the frames of one connection at the server: TLS, or nothing but TCP. */
final class Transport {
  private static final Logger LOG = LoggerFactory.getLogger(Transport.class);
  private static final Duration FAREWELL = Duration.ofSeconds(1);

  private final SocketChannel socket;
  private final Connection connection;
  private final Wire wire;
  private final @Nullable TlsChannel secured;

  private Transport(
      SocketChannel socket,
      Connection connection,
      BufferBudget chunks,
      @Nullable TlsChannel secured) {
    this.socket = socket;
    this.connection = connection;
    this.wire = new Wire(connection, chunks);
    this.secured = secured;
  }

  /**
   * Takes over an accepted connection; nothing is sent or read yet.
   *
   * @param tls empty for plaintext
   */
  static Transport over(SocketChannel socket, Optional<Tls> tls, Duration idle, BufferBudget chunks)
      throws IOException {
    if (tls.isEmpty()) {
      return new Transport(socket, Connection.of(socket.socket(), idle), chunks, null);
    }
    InetSocketAddress peer = (InetSocketAddress) socket.getRemoteAddress();
    Connection.Directions raw = Connection.Directions.of(socket.socket());
    TlsChannel channel =
        tls.get().over(raw.in(), raw.out(), peer.getAddress().getHostAddress(), peer.getPort());
    return new Transport(
        socket, Connection.secured(socket.socket(), channel, idle), chunks, channel);
  }

  /** Sets how fast it goes. */
  void pace(Pacer inward, Pacer outward) {
    connection.pace(inward, outward);
  }

  Wire wire() {
    return wire;
  }

  /** Does what comes before the first frame. */
  void open(Duration allowed) throws IOException {
    TlsChannel channel = secured;
    if (channel != null) {
      try {
        connection.open("the TLS handshake", allowed, channel::handshake);
      } catch (IdentityException | TlsException e) {
        if (e.getCause() instanceof PlaintextException spoken && spoken.isFrame()) {
          sayInPlaintext();
        } else {
          linger(); // so that the client sees the alert
        }
        throw e;
      }
    }
  }

  // tells no more than the alert would, but in words that such a client understands
  private void sayInPlaintext() throws IOException {
    try (Wire plain = new Wire(Connection.of(socket.socket(), FAREWELL), wire.chunks())) {
      plain.sendError(
          0,
          WireException.violation(
              "this client speaks plaintext where TLS is expected; give it the server's pin or authority, or set both ends to plaintext"));
      linger();
    }
  }

  /**
   * Says that nothing more will come and takes what the peer still sends, for a moment: closing
   * with something unread would throw away what was said last.
   */
  void linger() {
    ByteBuffer rest = ByteBuffer.allocate(16 << 10);
    try {
      connection.open(
          "the farewell",
          FAREWELL,
          () -> {
            socket.shutdownOutput();
            while (socket.read(rest) >= 0) {
              rest.clear(); // what is on the way is of no use any more
            }
          });
    } catch (IOException e) {
      LOG.debug("event=farewell-cut reason=\"{}\"", e.getMessage());
    }
  }

  boolean isSecured() {
    return secured != null;
  }

  /** The types of channel binding there are, best first. */
  List<String> bindings() {
    TlsChannel channel = secured;
    return channel == null
        ? List.of()
        : channel.channelBindings().stream().map(BindingType::text).toList();
  }

  /** The bytes of a channel binding; empty if there is none of that type. */
  Optional<byte[]> binding(String type) throws IOException {
    TlsChannel channel = secured;
    if (channel != null) {
      for (BindingType each : channel.channelBindings()) {
        if (each.text().equals(type)) {
          return Optional.of(channel.channelBinding(each));
        }
      }
    }
    return Optional.empty();
  }

  /** Which certificate the client has shown. */
  Optional<ClientIdentity> client() throws IOException {
    TlsChannel channel = secured;
    return channel == null ? Optional.empty() : channel.client();
  }
}
