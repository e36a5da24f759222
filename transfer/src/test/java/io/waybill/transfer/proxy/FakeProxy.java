package io.waybill.transfer.proxy;

import java.io.Closeable;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * A proxy that notes what it is asked for, and connects to one port of this machine, or the one
 * that it is asked for, whatever the name.
 */
public final class FakeProxy implements Closeable {
  private final ServerSocket listening;
  private final Behaviour behaviour;
  private final Queue<Closeable> open = new ConcurrentLinkedQueue<>();
  private final List<Thread> threads = new CopyOnWriteArrayList<>();

  /** The targets that were asked for, {@code name:port}. */
  public final List<String> targets = new CopyOnWriteArrayList<>();

  /** What happens on a connection before bytes are passed on. */
  @FunctionalInterface
  public interface Behaviour {
    /** Answers; false ends the connection. */
    boolean answer(DataInputStream in, OutputStream out, List<String> targets) throws IOException;
  }

  /** Starts one that leads to the ports that it is asked for, one connection after the other. */
  public FakeProxy(Behaviour behaviour) throws IOException {
    this(0, behaviour);
  }

  public FakeProxy(int target, Behaviour behaviour) throws IOException {
    this.behaviour = behaviour;
    listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    open.add(listening);
    start(
        () -> {
          while (true) {
            Socket client = listening.accept();
            open.add(client);
            start(() -> serve(client, target));
          }
        });
  }

  public int port() {
    return listening.getLocalPort();
  }

  private interface Work {
    void run() throws IOException;
  }

  private void start(Work work) {
    Thread thread =
        new Thread(
            () -> {
              try {
                work.run();
              } catch (IOException e) {
                // one end has closed: so does the other, which the caller sees
              }
            });
    threads.add(thread);
    thread.start();
  }

  private void serve(Socket client, int target) throws IOException {
    try (client) {
      DataInputStream in = new DataInputStream(client.getInputStream());
      if (!behaviour.answer(in, client.getOutputStream(), targets)) {
        return;
      }
      String asked = targets.get(targets.size() - 1);
      int port =
          target > 0 ? target : Integer.parseInt(asked.substring(asked.lastIndexOf(':') + 1));
      try (Socket server = new Socket(InetAddress.getLoopbackAddress(), port)) {
        open.add(server);
        start(
            () -> {
              try (server) {
                server.getInputStream().transferTo(client.getOutputStream());
              } finally {
                client.close();
              }
            });
        in.transferTo(server.getOutputStream());
      }
    }
  }

  /** A SOCKS5 proxy; with a user and password it insists on them. */
  public static Behaviour socks5(String login, int reply) {
    return (in, out, targets) -> {
      in.readUnsignedByte();
      String methods =
          new String(in.readNBytes(in.readUnsignedByte()), StandardCharsets.ISO_8859_1);
      int method = login.isEmpty() ? 0 : 2;
      if (methods.indexOf(method) < 0) {
        out.write(new byte[] {5, (byte) 0xff});
        return false;
      }
      out.write(new byte[] {5, (byte) method});
      if (method == 2) {
        in.readUnsignedByte();
        boolean isRight = (text(in) + ":" + text(in)).equals(login);
        out.write(new byte[] {1, (byte) (isRight ? 0 : 1)});
        if (!isRight) {
          return false;
        }
      }
      in.readNBytes(3);
      int kind = in.readUnsignedByte();
      String name =
          kind == 3
              ? text(in)
              : InetAddress.getByAddress(in.readNBytes(kind == 1 ? 4 : 16)).getHostAddress();
      targets.add(name + ":" + in.readUnsignedShort());
      out.write(new byte[] {5, (byte) reply, 0, 3, 4, 'n', 'a', 'm', 'e', 1, 2});
      return reply == 0;
    };
  }

  private static String text(DataInputStream in) throws IOException {
    return new String(in.readNBytes(in.readUnsignedByte()), StandardCharsets.UTF_8);
  }

  /** An HTTP proxy that answers so; 407 if it wants another Proxy-Authorization. */
  public static Behaviour http(String authorization, String answer) {
    return (in, out, targets) -> {
      String head = head(in);
      targets.add(head.split(" ", 3)[1]);
      boolean isRight =
          authorization.isEmpty() || head.contains("\r\nProxy-Authorization: " + authorization);
      String said = isRight ? answer : "HTTP/1.1 407 Proxy Authentication Required\r\n\r\n";
      out.write(said.getBytes(StandardCharsets.ISO_8859_1));
      return said.contains(" 200 ");
    };
  }

  private static String head(InputStream in) throws IOException {
    StringBuilder head = new StringBuilder();
    while (head.indexOf("\r\n\r\n") < 0) {
      int next = in.read();
      if (next < 0) {
        throw new IOException("closed");
      }
      head.append((char) next);
    }
    return head.toString();
  }

  @Override
  public void close() throws IOException {
    for (Closeable each : open) {
      each.close();
    }
    for (Thread each : threads) {
      try {
        each.join(5_000);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
