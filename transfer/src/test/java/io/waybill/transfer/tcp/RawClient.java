package io.waybill.transfer.tcp;

import io.waybill.transfer.Credentials;
import io.waybill.transfer.tcp.login.Hello;
import io.waybill.transfer.tcp.login.Instance;
import io.waybill.transfer.tcp.login.Login;
import io.waybill.transfer.tcp.login.Proof;
import io.waybill.transfer.tcp.wire.BufferBudget;
import io.waybill.transfer.tcp.wire.Connection;
import io.waybill.transfer.tcp.wire.FieldsBuilder;
import io.waybill.transfer.tcp.wire.Frame;
import io.waybill.transfer.tcp.wire.FrameType;
import io.waybill.transfer.tcp.wire.Tag;
import io.waybill.transfer.tcp.wire.Wire;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/** One connection, frame by frame, with what a balancer would say in front. */
final class RawClient implements Closeable {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  final Wire wire;
  private final Instance instance;

  private RawClient(Wire wire, Instance instance) {
    this.wire = wire;
    this.instance = instance;
  }

  static RawClient connect(int port, byte[] first, Instance instance) throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
    socket.getOutputStream().write(first);
    BufferBudget chunks = new BufferBudget(BufferBudget.DEFAULT_BYTES);
    return new RawClient(new Wire(Connection.of(socket, PATIENCE), chunks), instance);
  }

  static RawClient connect(int port) throws IOException {
    return connect(port, new byte[0], Instance.random());
  }

  Login.Result logIn(String user, String key) throws IOException {
    return logIn(new Proof.Key(new Credentials(user, () -> key)));
  }

  Login.Result join(String ticket) throws IOException {
    return logIn(new Proof.Ticket(ticket));
  }

  private Login.Result logIn(Proof proof) throws IOException {
    Set<String> capabilities = Set.of(Hello.TREE_DIGEST, Hello.ZERO_CHUNKS, Hello.STREAMS);
    return Login.asClient(wire, Hello.client(capabilities, instance), proof, List.of(), PATIENCE);
  }

  String ticket(long id) throws IOException {
    wire.send(FrameType.TICKETS, id, new FieldsBuilder().number(Tag.STREAMS, 1));
    return next().fields().text(Tag.TICKET);
  }

  /** The next frame; an ERROR is thrown as what it says. */
  Frame next() throws IOException {
    Frame frame = wire.next(PATIENCE, "an answer");
    return frame.type() == FrameType.KEEPALIVE ? next() : frame;
  }

  @Override
  public void close() throws IOException {
    wire.close();
  }
}
