package io.waybill.transfer.independent;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.waybill.transfer.independent.IndependentFrame.Fields;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * A client of the waybill protocol, written from PROTOCOL.md alone and with nothing but the JDK:
 * proof that the page suffices. One caller at a time; files are held in memory.
 */
final class IndependentClient implements AutoCloseable {
  static final int REPEAT = 0x10;
  static final int PARENTS = 0x20;
  static final int MORE = 0x10;
  private static final int ZERO = 0x10;
  private static final int CHUNK = 0x12;
  private static final int ACK = 0x13;
  private static final int COMMIT = 0x14;
  private static final int COMMITTED = 0x15;
  private static final int ENTRY_LENGTH = 24;

  /** An offer as the server answered it. */
  record Upload(long id, IndependentSource source, long basis, List<Integer> missing) {}

  /** A file as a listing or a batch tells it; content only in a batch. */
  record Entry(String path, long kind, long size, long status, ByteBuffer content) {}

  final List<IndependentStream> streams = new ArrayList<>();
  private final byte[] instance;
  private long lastId;
  int pagesReceived;
  final AtomicInteger chunksReceived = new AtomicInteger();

  /** Opens a session: logs in on this connection, which becomes stream 0. */
  IndependentClient(Socket socket, byte[] instance, String user, String key, String... more)
      throws IOException, GeneralSecurityException {
    this.instance = instance.clone();
    IndependentStream first = new IndependentStream(socket);
    streams.add(first);
    try {
      List<String> offered = new ArrayList<>(List.of(more));
      offered.addAll(List.of("sha-256-tree", "zero-chunks", "batch", "streams"));
      first.hello(instance, offered.toArray(String[]::new));
      first.login(user, key);
    } catch (IOException e) {
      first.close();
      throw e;
    }
  }

  static byte[] newInstance() {
    byte[] instance = new byte[16];
    new SecureRandom().nextBytes(instance);
    return instance;
  }

  IndependentStream first() {
    return streams.get(0);
  }

  long nextId() {
    return ++lastId;
  }

  /** Sends a request on stream 0 and reads the one answer. */
  IndependentFrame ask(int type, int flags, Fields fields, int answer) throws IOException {
    long id = nextId();
    first().send(type, flags, id, fields.payload());
    return first().receive(answer, id);
  }

  List<String> tickets(int count) throws IOException {
    return ask(0x05, 0, new Fields().number(11, count), 0x05).texts(12);
  }

  /** Lets a connection join this session by a ticket. */
  IndependentStream join(Socket socket, String ticket) throws IOException {
    IndependentStream stream = new IndependentStream(socket);
    stream.hello(instance, "sha-256-tree", "zero-chunks", "batch", "streams");
    stream.join(ticket);
    streams.add(stream);
    return stream;
  }

  /** Uploads over all streams in turn; a first try and a resumed one are the same. */
  IndependentFrame upload(IndependentSource source, int flags) throws IOException {
    Upload upload = offer(source, flags);
    int turn = 0;
    for (int index : upload.missing()) {
      send(upload, index, streams.get(turn++ % streams.size()));
    }
    return commit(upload);
  }

  /** Offers a file and finds out what the server lacks of it. */
  Upload offer(IndependentSource source, int flags) throws IOException {
    long id = nextId();
    Fields offer = new Fields().text(32, source.path()).number(33, source.size());
    offer.number(36, IndependentSource.chunkSize(source.size())).number(41, 0).number(42, 3);
    offer.text(37, "sha-256-tree").moment(34, source.modified()).text(35, "independent");
    first().send(0x10, flags, id, offer.payload());
    boolean[] there = new boolean[source.chunks()];
    IndependentFrame have;
    do {
      have = first().receive(0x11, id);
      if (have.hasField(49)) {
        ByteBuffer leaves = ByteBuffer.wrap(have.bytes(51));
        byte[] bits = have.bytes(50);
        for (int i = 0; i < bits.length * 8; i++) {
          if ((bits[i / 8] & 1 << i % 8) != 0) {
            byte[] leaf = new byte[32];
            leaves.get(leaf);
            int index = (int) have.number(49) + i;
            there[index] = Arrays.equals(leaf, source.leaf(index));
          }
        }
      }
    } while (have.has(MORE));
    List<Integer> missing = new ArrayList<>();
    for (int i = 0; i < there.length; i++) {
      if (!there[i]) {
        missing.add(i);
      }
    }
    return new Upload(id, source, have.number(48), missing);
  }

  /** Sends one chunk and waits for its acknowledgement, up to four times. */
  void send(Upload upload, int index, IndependentStream stream) throws IOException {
    byte[] chunk = upload.source().chunk(index);
    boolean zero =
        stream.capabilities.contains("zero-chunks") && Arrays.equals(chunk, new byte[chunk.length]);
    byte[] head = ByteBuffer.allocate(16).putInt(index).putInt(chunk.length).array();
    byte[] payload = IndependentFrame.bulk(head, zero ? new byte[0] : chunk);
    long status = 1;
    for (int attempt = 0; status == 1 && attempt < 4; attempt++) {
      stream.spend(Math.max(zero ? 0 : chunk.length, 65_536));
      stream.send(CHUNK, IndependentFrame.BULK | (zero ? ZERO : 0), upload.id(), payload);
      IndependentFrame ack = stream.receive(ACK, upload.id());
      stream.credit += ack.number(54);
      status = ack.number(53);
      if (ack.number(52) != index) {
        throw new IOException("chunk " + ack.number(52) + " acknowledged instead of " + index);
      }
    }
    if (status != 0) {
      throw new IOException("chunk " + index + " has status " + status);
    }
  }

  /** Says COMMIT and checks what the server says that it has published. */
  IndependentFrame commit(Upload upload) throws IOException {
    String digest = upload.source().digest();
    first().send(COMMIT, upload.id(), new Fields().text(37, digest));
    IndependentFrame committed = first().receive(COMMITTED, upload.id());
    if (!committed.texts(37).equals(List.of(digest)) || committed.number(42) < 3) {
      throw new IOException("published as " + committed.texts(37));
    }
    return committed;
  }

  void abort(Upload upload, boolean discard) throws IOException {
    first().send(0x16, discard ? 0x10 : 0, upload.id(), new byte[0]);
    first().receive(0x26, upload.id());
  }

  /** Downloads over all streams; chunks that are there already are told, and not sent again. */
  byte[] download(String path, Map<Integer, byte[]> there) throws IOException {
    long id = nextId();
    Map<Integer, byte[]> chunks = Collections.synchronizedMap(new TreeMap<>(there));
    Fields open = new Fields().text(32, path).number(41, 1).number(42, 3);
    first().send(0x18, id, open.text(37, "sha-256-tree"));
    IndependentFrame offer = first().receive(0x10, id);
    if (offer.number(36) != IndependentSource.chunkSize(offer.number(33))) {
      throw new IOException("a chunk size of " + offer.number(36));
    }
    List<CompletableFuture<Void>> others = new ArrayList<>();
    for (IndependentStream stream : streams.subList(1, streams.size())) {
      stream.send(0x19, id, new Fields()); // may come before HAVE or after it
      others.add(CompletableFuture.runAsync(() -> receiveUntilAnswer(stream, chunks)));
    }
    have(id, there);
    IndependentFrame commit = first().receive();
    for (; commit.type == CHUNK; commit = first().receive()) {
      receive(first(), commit, chunks);
    }
    for (int i = 0; i < others.size(); i++) { // frames keep their order: the answer is the last
      streams.get(i + 1).send(0x21, nextId(), new Fields().text(32, path));
      others.get(i).join();
    }
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    chunks.values().forEach(file::writeBytes);
    IndependentSource copy = new IndependentSource(path, file.toByteArray(), Instant.EPOCH);
    if (commit.type != COMMIT || !commit.texts(37).equals(List.of(copy.digest()))) {
      throw new IOException("the file has " + copy.digest() + ", not " + commit.texts(37));
    }
    Fields committed = new Fields().text(37, copy.digest()).number(42, 3).number(53, 0);
    first().send(COMMITTED, id, committed);
    return file.toByteArray();
  }

  private void have(long id, Map<Integer, byte[]> there) throws IOException {
    Fields have = new Fields().number(48, 0);
    if (!there.isEmpty()) { // one page: files of more than 1,024 chunks do not fit in memory
      byte[] bits = new byte[128];
      ByteArrayOutputStream leaves = new ByteArrayOutputStream();
      new TreeMap<>(there)
          .forEach(
              (index, chunk) -> {
                bits[index / 8] |= (byte) (1 << index % 8);
                leaves.writeBytes(IndependentSource.hash(new byte[] {0}, chunk));
              });
      have.number(49, 0).bytes(50, bits).bytes(51, leaves.toByteArray());
    }
    first().send(0x11, id, have);
  }

  private void receiveUntilAnswer(IndependentStream stream, Map<Integer, byte[]> chunks) {
    try {
      IndependentFrame frame = stream.receive();
      for (; frame.type == CHUNK; frame = stream.receive()) {
        receive(stream, frame, chunks);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void receive(
      IndependentStream stream, IndependentFrame chunk, Map<Integer, byte[]> chunks)
      throws IOException {
    ByteBuffer head = ByteBuffer.wrap(chunk.head());
    int index = head.getInt();
    int length = Math.min(head.getInt(), 8 << 20);
    byte[] body = chunk.has(ZERO) ? new byte[length] : chunk.body();
    boolean whole = chunk.bodyIsWhole() && body.length == length;
    chunksReceived.incrementAndGet();
    if (whole) {
      chunks.put(index, body);
    }
    Fields ack = new Fields().number(52, index).number(53, whole ? 0 : 1);
    ack.number(54, Math.max(chunk.body().length, 65_536));
    stream.send(ACK, chunk.id, ack);
  }

  /** Uploads small files in one frame and returns the status of each. */
  byte[] batch(List<IndependentSource> files) throws IOException {
    return batch(files, body -> {});
  }

  /** The same, after somebody has spoilt the body. */
  byte[] batch(List<IndependentSource> files, Consumer<byte[]> spoil) throws IOException {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    for (IndependentSource file : files) {
      byte[] path = file.path().getBytes(UTF_8);
      int length = ENTRY_LENGTH + path.length + 32;
      ByteBuffer entry = ByteBuffer.allocate(length).putShort((short) (length - 2));
      entry.put((byte) 0).put((byte) 0).putInt(file.size()).put(Fields.moment(file.modified()));
      entry.putShort((short) 0xffff).putShort((short) path.length).put(path).put(file.root());
      body.writeBytes(entry.array());
    }
    ByteBuffer head = ByteBuffer.allocate(16).putShort((short) files.size());
    head.put((byte) 0).put((byte) 3).putInt(body.size());
    files.forEach(file -> body.writeBytes(file.bytes().array()));
    byte[] sent = body.toByteArray();
    spoil.accept(sent);
    long id = nextId();
    first().spend(Math.max(sent.length, 262_144));
    first().send(0x30, IndependentFrame.BULK, id, IndependentFrame.bulk(head.array(), sent));
    IndependentFrame ack = first().receive(0x31, id);
    first().credit += ack.number(54);
    if (ack.number(53) != 0) {
      throw new IOException("the batch has status " + ack.number(53));
    }
    return ack.bytes(55);
  }

  /** Fetches small files, in the order asked. */
  List<Entry> fetch(String... paths) throws IOException {
    long id = nextId();
    first().send(0x34, id, new Fields().text(32, paths).text(37, "sha-256-tree"));
    List<Entry> files = new ArrayList<>();
    IndependentFrame batch;
    do {
      batch = first().receive(0x30, id);
      files.addAll(unpack(batch));
      long credit = Math.max(batch.body().length, 262_144);
      first().send(0x31, id, new Fields().number(53, 0).number(54, credit));
    } while (batch.has(MORE));
    return files;
  }

  private static List<Entry> unpack(IndependentFrame batch) throws IOException {
    ByteBuffer head = ByteBuffer.wrap(batch.head());
    int count = head.getShort() & 0xffff;
    ByteBuffer directory = ByteBuffer.wrap(batch.body()).limit(head.getInt(4));
    ByteBuffer contents = ByteBuffer.wrap(batch.body()).position(head.getInt(4));
    List<Entry> files = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int end = (directory.getShort() & 0xffff) + directory.position();
      int kind = directory.get();
      int status = directory.get();
      byte[] content = new byte[directory.getInt()];
      contents.get(content);
      directory.position(directory.position() + 14);
      byte[] path = new byte[directory.getShort() & 0xffff];
      directory.get(path);
      String name = new String(path, UTF_8);
      if (kind == 0 && status == 0) {
        byte[] root = new byte[32];
        directory.get(root);
        if (!Arrays.equals(root, new IndependentSource(name, content, Instant.EPOCH).root())) {
          throw new IOException(name + " has another root than the batch says");
        }
      }
      directory.position(end);
      files.add(new Entry(name, kind, content.length, status, ByteBuffer.wrap(content)));
    }
    return files;
  }

  /** Asks which of these files are worth sending. */
  List<Boolean> query(List<IndependentSource> files, long level) throws IOException {
    Fields query = new Fields().number(41, 0).number(42, level);
    for (IndependentSource file : files) {
      Fields entry = new Fields().text(32, file.path()).number(39, 0).number(33, file.size());
      query.bytes(40, entry.moment(34, file.modified()).payload());
    }
    byte[] bits = ask(0x32, 0, query, 0x33).bytes(50);
    List<Boolean> needed = new ArrayList<>();
    for (int i = 0; i < files.size(); i++) {
      needed.add(i / 8 < bits.length && (bits[i / 8] & 1 << i % 8) != 0);
    }
    return needed;
  }

  /** Lists a directory with all below it, one page of credit at a time. */
  List<Entry> list(String path) throws IOException {
    long id = nextId();
    first().send(0x20, 0x10, id, new Fields().text(32, path).number(54, 1).payload());
    IndependentFrame page = first().receive(0x22, id);
    List<Entry> entries = new ArrayList<>(entries(page));
    pagesReceived++;
    for (; page.has(MORE); pagesReceived++) {
      first().send(0x27, id, new Fields().number(54, 1));
      page = first().receive(0x22, id);
      entries.addAll(entries(page));
    }
    return entries;
  }

  static List<Entry> entries(IndependentFrame page) throws IOException {
    List<Entry> entries = new ArrayList<>();
    for (byte[] each : page.all(40)) {
      IndependentFrame entry = new IndependentFrame(0x22, 0, 0, 0, each);
      long size = entry.hasField(33) ? entry.number(33) : 0;
      entries.add(new Entry(entry.text(32), entry.number(39), size, 0, ByteBuffer.allocate(0)));
    }
    return entries;
  }

  @Override
  public void close() throws IOException {
    for (IndependentStream stream : streams) {
      stream.close();
    }
  }
}
