package io.waybill.transfer.tcp.login;

import io.waybill.transfer.tcp.wire.ErrorCode;
import io.waybill.transfer.tcp.wire.Fields;
import io.waybill.transfer.tcp.wire.FieldsBuilder;
import io.waybill.transfer.tcp.wire.Frame;
import io.waybill.transfer.tcp.wire.FrameType;
import io.waybill.transfer.tcp.wire.Limits;
import io.waybill.transfer.tcp.wire.Tag;
import io.waybill.transfer.tcp.wire.WireException;
import java.io.IOException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The first frame of each end: what it speaks, offers and insists on. The client's comes first; the
 * server answers with what was agreed.
 *
 * @param versions spoken; in the answer, the one agreed
 * @param features what it can do and insists on; in the answer, what both can
 * @param terms what the other end may send
 * @param instance which running client this is; in the client's only
 * @param doors how to log in; in the answer only
 */
public record Hello(
    Versions versions,
    Features features,
    Terms terms,
    Optional<Instance> instance,
    Optional<Doors> doors) {
  public static final int VERSION = 1;
  public static final String TREE_DIGEST = "sha-256-tree";
  public static final String ZERO_CHUNKS = "zero-chunks";
  public static final String BATCH = "batch";
  public static final String STREAMS = "streams";
  public static final String ZSTD = "zstd";
  public static final String DELTA = "delta";
  private static final String AGENT = "waybill";

  /** What this implementation can do. */
  public static Set<String> capabilities(boolean canCompress) {
    Set<String> all = new LinkedHashSet<>(List.of(TREE_DIGEST, ZERO_CHUNKS, BATCH, STREAMS, DELTA));
    if (canCompress) {
      all.add(ZSTD);
    }
    return all;
  }

  /** The lowest and highest version. */
  public record Versions(int min, int max) {}

  /**
   * Capabilities by name.
   *
   * @param offered what it can do
   * @param required what the other end must be able to do; never given up
   */
  public record Features(Set<String> offered, Set<String> required) {}

  /**
   * What the other end may send.
   *
   * @param chunkLimit the largest chunk it takes
   * @param creditBytes how much before the first acknowledgement
   */
  public record Terms(int chunkLimit, long creditBytes) {}

  /**
   * What a server says about logging in.
   *
   * @param mechanisms best first
   * @param bindings types of channel binding, best first; none without TLS
   * @param streams how many connections a session may have
   */
  public record Doors(List<String> mechanisms, List<String> bindings, int streams) {}

  /** What a client says that can do this much. */
  public static Hello client(Set<String> capabilities, Instance instance) {
    return new Hello(
        new Versions(VERSION, VERSION),
        new Features(capabilities, Set.of(TREE_DIGEST)),
        new Terms(Limits.CHUNK_BYTES, Limits.WINDOW_START_BYTES),
        Optional.of(instance),
        Optional.empty());
  }

  /**
   * Works out what a server answers that can do this much.
   *
   * @throws WireException UNSUPPORTED if there is no common version, or the client insists on what
   *     is not offered here, or lacks what is insisted on here
   */
  public static Hello answer(Hello client, Set<String> capabilities, Doors doors)
      throws WireException {
    if (client.versions.min > VERSION || client.versions.max < VERSION) {
      throw new WireException(
          ErrorCode.UNSUPPORTED,
          "the client speaks versions %d to %d of the protocol, this server version %d"
              .formatted(client.versions.min, client.versions.max, VERSION));
    }
    Set<String> required = Set.of(TREE_DIGEST);
    requireAll(client.features.required, capabilities, "this server");
    requireAll(required, client.features.offered, "the client");
    Set<String> agreed = new LinkedHashSet<>(capabilities);
    agreed.retainAll(client.features.offered);
    return new Hello(
        new Versions(VERSION, VERSION),
        new Features(agreed, required),
        new Terms(Math.min(Limits.CHUNK_BYTES, client.terms.chunkLimit), Limits.WINDOW_START_BYTES),
        Optional.empty(),
        Optional.of(doors));
  }

  /**
   * Checks a server's answer, on the client.
   *
   * @return how to log in
   * @throws WireException UNSUPPORTED if the answer lacks what was required or claims what was not
   *     offered
   */
  public Doors accept(Hello answer) throws WireException {
    if (answer.versions.min != answer.versions.max
        || answer.versions.min < versions.min
        || answer.versions.max > versions.max) {
      throw new WireException(
          ErrorCode.UNSUPPORTED, "the server chose version " + answer.versions.min);
    }
    requireAll(features.required, answer.features.offered, "the server");
    requireAll(answer.features.required, features.offered, "this client");
    requireAll(answer.features.offered, features.offered, "this client");
    return answer.doors.orElseThrow(
        () -> WireException.violation("the server's HELLO has no MECHANISM"));
  }

  /** Whether it offers, or both ends have, a capability. */
  public boolean has(String capability) {
    return features.offered.contains(capability);
  }

  /**
   * Looks at the flags of a frame that came after login.
   *
   * @throws WireException if one is of a capability that was not agreed on
   */
  public void requireAgreed(Frame frame) throws WireException {
    switch (frame.type()) {
      case CHUNK -> {
        require(frame, FrameType.ZERO, ZERO_CHUNKS);
        require(frame, FrameType.COMPRESSED, ZSTD);
        require(frame, FrameType.LOCAL, DELTA);
      }
      case BATCH -> require(frame, FrameType.COMPRESSED, ZSTD);
      case OFFER, OPEN -> require(frame, FrameType.DELTA, DELTA);
      default -> {}
    }
  }

  private void require(Frame frame, int flag, String capability) throws WireException {
    if (frame.has(flag) && !has(capability)) {
      throw WireException.violation(
          frame.type() + " needs the capability '" + capability + "', which was not agreed on");
    }
  }

  private static void requireAll(Set<String> wanted, Set<String> offered, String who)
      throws WireException {
    for (String capability : wanted) {
      if (!offered.contains(capability)) {
        throw new WireException(
            ErrorCode.UNSUPPORTED, who + " lacks the required capability '" + capability + "'");
      }
    }
  }

  public static Hello read(Frame frame) throws WireException {
    Fields fields = frame.fields();
    Optional<byte[]> instance = fields.optionalBytes(Tag.INSTANCE);
    List<String> mechanisms = List.copyOf(fields.texts(Tag.MECHANISM));
    return new Hello(
        new Versions(
            (int) fields.number(Tag.VERSION_MIN, 1, Integer.MAX_VALUE),
            (int) fields.number(Tag.VERSION_MAX, 1, Integer.MAX_VALUE)),
        new Features(
            Set.copyOf(fields.texts(Tag.CAPABILITY)), Set.copyOf(fields.texts(Tag.REQUIRE))),
        new Terms(
            (int) fields.number(Tag.CHUNK_LIMIT, 1 << 20, Limits.CHUNK_BYTES),
            fields.number(Tag.CREDIT, Limits.CHUNK_BYTES, Limits.WINDOW_LIMIT_BYTES)),
        instance.isPresent() ? Optional.of(Instance.of(instance.get())) : Optional.empty(),
        mechanisms.isEmpty()
            ? Optional.empty()
            : Optional.of(
                new Doors(
                    mechanisms,
                    List.copyOf(fields.texts(Tag.BINDING)),
                    (int) fields.number(Tag.STREAMS, 1, Limits.STREAMS))));
  }

  public FieldsBuilder fields() throws IOException {
    FieldsBuilder builder =
        new FieldsBuilder()
            .number(Tag.VERSION_MIN, versions.min)
            .number(Tag.VERSION_MAX, versions.max)
            .text(Tag.AGENT, AGENT)
            .texts(Tag.CAPABILITY, features.offered.stream().sorted().toList())
            .texts(Tag.REQUIRE, features.required.stream().sorted().toList())
            .number(Tag.CHUNK_LIMIT, terms.chunkLimit)
            .number(Tag.CREDIT, terms.creditBytes);
    if (instance.isPresent()) {
      builder.bytes(Tag.INSTANCE, instance.get().bytes());
    }
    if (doors.isPresent()) {
      Doors open = doors.get();
      builder
          .texts(Tag.MECHANISM, open.mechanisms)
          .texts(Tag.BINDING, open.bindings)
          .number(Tag.STREAMS, open.streams);
    }
    return builder;
  }
}
