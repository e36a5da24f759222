package io.waybill.transfer.trace;

import io.waybill.transfer.WireTap;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Writes what connections say into a file that Wireshark reads (pcapng, draft-ietf-opsawg-pcapng),
 * as the TCP packets that might have carried it.
 *
 * <pre>
 * section header    0a0d0d0a | length | 1a2b3c4d | 1.0 | -1 (no length)    | length
 * interface         00000001 | length | 101 (raw IP) | 262144 | nanoseconds | length
 * enhanced packet   00000006 | length | 0 | time, 64 bits | captured | original | packet | length
 *   packet: IPv4 or IPv6 header | TCP header | at most 65,495 bytes
 * statistics        00000005 | length | 0 | time, 64 bits | comment        | length
 * </pre>
 *
 * <p>Everything is big-endian. A connection is SYN, SYN and ACK, ACK, data, and at its end FIN both
 * ways; the end that opened the tap is shown as the one that connected. Each block goes to the file
 * in one write, so a killed process leaves a readable file. At the size limit, or when the disk
 * refuses, it stops, tells the listener, and ignores the rest. The file is made anew with mode 0600
 * where the file system knows modes. Lines are not written. Thread-safe; threads take turns.
 */
public final class PcapngFile implements WireTap, Closeable {
  /** The size limit unless another is given: 256 MiB. */
  public static final long DEFAULT_LIMIT = 256L << 20;

  private static final int RESERVED = 512;

  private final FileChannel file;
  private final InstantSource clock;
  private final long limit;
  private final Consumer<String> listener;
  private final Path path;
  private long written;
  private boolean stopped;

  private PcapngFile(
      FileChannel file, Path path, InstantSource clock, long limit, Consumer<String> listener) {
    this.file = file;
    this.path = path;
    this.clock = clock;
    this.limit = limit;
    this.listener = listener;
  }

  /**
   * Makes the file.
   *
   * @param limit the most bytes that the file may have, at least 4096
   * @param listener told once why writing stopped before the end, in a sentence
   * @throws java.nio.file.FileAlreadyExistsException if there is something of that name
   * @throws IOException if the file cannot be made or written
   */
  public static PcapngFile create(
      Path path, InstantSource clock, long limit, Consumer<String> listener) throws IOException {
    if (limit < 4096) {
      throw new IllegalArgumentException("the size limit is " + limit + "; at least 4096 bytes");
    }
    FileAttribute<?>[] mode =
        FileSystems.getDefault().supportedFileAttributeViews().contains("posix")
            ? new FileAttribute<?>[] {
              PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
            }
            : new FileAttribute<?>[0];
    FileChannel file =
        FileChannel.open(
            path, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), mode);
    PcapngFile made = new PcapngFile(file, path, clock, limit, listener);
    try {
      made.writeHeaders();
    } catch (IOException e) {
      file.close();
      throw e;
    }
    return made;
  }

  @Override
  public Tapped open(String protocol, InetSocketAddress local, InetSocketAddress remote) {
    return new Stream(protocol, new TcpPackets(local, remote));
  }

  /** Tells whether it stopped writing before the end. */
  public synchronized boolean stopped() {
    return stopped;
  }

  @Override
  public synchronized void close() throws IOException {
    stopped = true;
    file.close();
  }

  private void writeHeaders() throws IOException {
    ByteBuffer section = ByteBuffer.allocate(16);
    section.putInt(0x1a2b3c4d).putShort((short) 1).putShort((short) 0).putLong(-1);
    writeBlock(0x0a0d0d0a, section.flip());
    ByteBuffer description = ByteBuffer.allocate(20);
    description.putShort((short) 101).putShort((short) 0).putInt(262_144);
    // if_tsresol: 10 to the power of -9
    description.putShort((short) 9).putShort((short) 1).putInt(9 << 24).putInt(0);
    writeBlock(1, description.flip());
  }

  private synchronized void packet(ByteBuffer packet, String comment) {
    if (stopped) {
      return;
    }
    byte[] text = comment.getBytes(StandardCharsets.UTF_8);
    int captured = packet.remaining();
    ByteBuffer body = ByteBuffer.allocate(20 + padded(captured) + 8 + padded(text.length));
    body.putInt(0).putLong(nanoseconds()).putInt(captured).putInt(captured).put(packet);
    body.position(20 + padded(captured));
    body.limit(body.position());
    if (text.length > 0) {
      comment(body.limit(body.capacity()), text);
    }
    try {
      if (written + body.position() + 12 + RESERVED > limit) {
        stop(
            "the trace "
                + path
                + " has reached its limit of "
                + limit
                + " bytes; the rest of the"
                + " traffic is not in it");
      } else {
        writeBlock(6, body.flip());
      }
    } catch (IOException e) {
      stopped = true;
      listener.accept("the trace " + path + " cannot be written and ends here: " + e.getMessage());
    }
  }

  private void stop(String why) throws IOException {
    stopped = true;
    byte[] text = "size limit reached; the rest is missing".getBytes(StandardCharsets.UTF_8);
    ByteBuffer body = ByteBuffer.allocate(12 + 8 + padded(text.length));
    comment(body.putInt(0).putLong(nanoseconds()), text);
    writeBlock(5, body.flip());
    listener.accept(why);
  }

  private static void comment(ByteBuffer body, byte[] text) {
    body.putShort((short) 1).putShort((short) text.length).put(text);
    body.put(new byte[padded(text.length) - text.length]).putInt(0);
  }

  private void writeBlock(int type, ByteBuffer body) throws IOException {
    int length = body.remaining() + 12;
    ByteBuffer block = ByteBuffer.allocate(length);
    block.putInt(type).putInt(length).put(body).putInt(length).flip();
    while (block.hasRemaining()) {
      written += file.write(block);
    }
  }

  private long nanoseconds() {
    Instant now = clock.instant();
    return now.getEpochSecond() * 1_000_000_000L + now.getNano();
  }

  private static int padded(int length) {
    return (length + 3) & ~3;
  }

  /** Writes one connection. */
  private final class Stream implements Tapped {
    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    private final TcpPackets packets;
    private boolean closed;

    Stream(String protocol, TcpPackets packets) {
      this.packets = packets;
      synchronized (PcapngFile.this) {
        write(0, TcpPackets.SYN, NOTHING, protocol);
        write(1, TcpPackets.SYN | TcpPackets.ACK, NOTHING, "");
        write(0, TcpPackets.ACK, NOTHING, "");
      }
    }

    @Override
    public void sent(ByteBuffer... bytes) {
      synchronized (PcapngFile.this) {
        for (ByteBuffer part : bytes) {
          data(0, part.duplicate());
        }
      }
    }

    @Override
    public void received(ByteBuffer bytes) {
      synchronized (PcapngFile.this) {
        data(1, bytes.duplicate());
      }
    }

    @Override
    public void line(Direction direction, String text) {}

    @Override
    public void closed(String reason) {
      synchronized (PcapngFile.this) {
        if (!closed) {
          closed = true;
          String shown = reason.length() > 200 ? reason.substring(0, 200) : reason;
          write(0, TcpPackets.FIN | TcpPackets.ACK, NOTHING, shown);
          write(1, TcpPackets.FIN | TcpPackets.ACK, NOTHING, "");
          write(0, TcpPackets.ACK, NOTHING, "");
        }
      }
    }

    private void data(int from, ByteBuffer bytes) {
      while (bytes.hasRemaining() && !closed && !stopped) {
        int count = Math.min(bytes.remaining(), TcpPackets.MAX_DATA);
        write(from, TcpPackets.PSH | TcpPackets.ACK, bytes.slice(bytes.position(), count), "");
        bytes.position(bytes.position() + count);
      }
    }

    private void write(int from, int flags, ByteBuffer data, String comment) {
      packet(packets.packet(from, flags, data.duplicate()), comment);
    }
  }
}
