package io.waybill.transfer.tcp.login;

import io.waybill.transfer.tcp.wire.ErrorCode;
import io.waybill.transfer.tcp.wire.Fields;
import io.waybill.transfer.tcp.wire.FieldsBuilder;
import io.waybill.transfer.tcp.wire.Frame;
import io.waybill.transfer.tcp.wire.Limits;
import io.waybill.transfer.tcp.wire.Tag;
import io.waybill.transfer.tcp.wire.WireException;
import java.io.IOException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The first frame of each end: what it speaks, offers and insists on. The client's comes first; the
 * server answers with what was agreed.
 *
 * @param versionMin lowest version spoken; in the answer, the one agreed
 * @param versionMax highest version spoken; in the answer, the one agreed
 * @param capabilities what it can do; in the answer, what both can
 * @param required what the other end must be able to do; never given up
 * @param terms largest chunk, and for the answer the login mechanisms
 */
public record Hello(
    int versionMin, int versionMax, Set<String> capabilities, Set<String> required, Terms terms) {
  public static final int VERSION = 1;
  public static final String ZERO_CHUNKS = "zero-chunks";
  public static final String TREE_DIGEST = "sha-256-tree";
  private static final String AGENT = "waybill";

  /**
   * What else an end states.
   *
   * @param chunkLimit the largest chunk it takes
   * @param mechanisms how a client may log in; empty in the client's HELLO
   */
  public record Terms(int chunkLimit, List<String> mechanisms) {}

  /** What this implementation says as a client. */
  public static Hello client() {
    return new Hello(
        VERSION,
        VERSION,
        Set.of(ZERO_CHUNKS, TREE_DIGEST),
        Set.of(TREE_DIGEST),
        new Terms(Limits.CHUNK_BYTES, List.of()));
  }

  /**
   * Works out what a server answers.
   *
   * @throws WireException UNSUPPORTED if there is no common version, or the client insists on what
   *     is not offered here, or lacks what is insisted on here
   */
  public static Hello answer(Hello client) throws WireException {
    if (client.versionMin > VERSION || client.versionMax < VERSION) {
      throw new WireException(
          ErrorCode.UNSUPPORTED,
          "the client speaks versions %d to %d of the protocol, this server version %d"
              .formatted(client.versionMin, client.versionMax, VERSION));
    }
    Hello own = client();
    requireAll(client.required, own.capabilities, "this server");
    requireAll(own.required, client.capabilities, "the client");
    Set<String> agreed = new LinkedHashSet<>(own.capabilities);
    agreed.retainAll(client.capabilities);
    return new Hello(
        VERSION,
        VERSION,
        agreed,
        own.required,
        new Terms(
            Math.min(Limits.CHUNK_BYTES, client.terms.chunkLimit), List.of(ScramKey.MECHANISM)));
  }

  /**
   * Checks a server's answer, on the client.
   *
   * @throws WireException UNSUPPORTED if the answer lacks what was required or claims what was not
   *     offered
   */
  public void accept(Hello answer) throws WireException {
    if (answer.versionMin != answer.versionMax
        || answer.versionMin < versionMin
        || answer.versionMax > versionMax) {
      throw new WireException(
          ErrorCode.UNSUPPORTED, "the server chose version " + answer.versionMin);
    }
    requireAll(required, answer.capabilities, "the server");
    requireAll(answer.required, capabilities, "this client");
    requireAll(answer.capabilities, capabilities, "this client");
    if (!answer.terms.mechanisms.contains(ScramKey.MECHANISM)) {
      throw new WireException(
          ErrorCode.UNSUPPORTED,
          "the server does not offer " + ScramKey.MECHANISM + " but " + answer.terms.mechanisms);
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
    return new Hello(
        (int) fields.number(Tag.VERSION_MIN, 1, Integer.MAX_VALUE),
        (int) fields.number(Tag.VERSION_MAX, 1, Integer.MAX_VALUE),
        Set.copyOf(fields.texts(Tag.CAPABILITY)),
        Set.copyOf(fields.texts(Tag.REQUIRE)),
        new Terms(
            (int) fields.number(Tag.CHUNK_LIMIT, 1 << 20, Limits.CHUNK_BYTES),
            List.copyOf(fields.texts(Tag.MECHANISM))));
  }

  public FieldsBuilder fields() throws IOException {
    return new FieldsBuilder()
        .number(Tag.VERSION_MIN, versionMin)
        .number(Tag.VERSION_MAX, versionMax)
        .text(Tag.AGENT, AGENT)
        .texts(Tag.CAPABILITY, capabilities.stream().sorted().toList())
        .texts(Tag.REQUIRE, required.stream().sorted().toList())
        .number(Tag.CHUNK_LIMIT, terms.chunkLimit)
        .texts(Tag.MECHANISM, terms.mechanisms);
  }
}
