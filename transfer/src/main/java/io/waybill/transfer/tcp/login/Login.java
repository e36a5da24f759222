package io.waybill.transfer.tcp.login;

import io.waybill.transfer.Credentials;
import io.waybill.transfer.tcp.wire.ErrorCode;
import io.waybill.transfer.tcp.wire.Fields;
import io.waybill.transfer.tcp.wire.FieldsBuilder;
import io.waybill.transfer.tcp.wire.Frame;
import io.waybill.transfer.tcp.wire.FrameType;
import io.waybill.transfer.tcp.wire.Limits;
import io.waybill.transfer.tcp.wire.Tag;
import io.waybill.transfer.tcp.wire.Wire;
import io.waybill.transfer.tcp.wire.WireException;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What happens before anything else, at both ends.
 *
 * <pre>
 * client                                server
 *   HELLO versions, capabilities ------->
 *   <------- HELLO what was agreed, login mechanisms
 *   AUTH mechanism, client-first ------->
 *   <------- AUTH server-first
 *   AUTH client-final ------------------>
 *   <------- AUTH server-final            (or ERROR LOGIN_REFUSED)
 * </pre>
 *
 * A certificate and a ticket take one AUTH each way.
 */
public final class Login {
  public static final String SCRAM_PLUS = "SCRAM-SHA-256-PLUS";
  public static final String EXTERNAL = "EXTERNAL";
  public static final String TICKET = "TICKET";
  private static final SecureRandom RANDOM = new SecureRandom();

  private Login() {}

  /**
   * A login that worked.
   *
   * @param user who
   * @param stream the number of the connection in its session, 0 for the first
   * @param agreed what both ends can do
   * @param instance which running client it is
   */
  public record Result(String user, int stream, Hello agreed, Optional<Instance> instance) {}

  /**
   * Logs in.
   *
   * @param own what this client says
   * @param bindings what the connection can be bound to, empty without TLS
   */
  public static Result asClient(
      Wire wire, Hello own, Proof proof, List<ChannelBinding> bindings, Duration allowed)
      throws IOException {
    wire.setDeadline("login", allowed);
    wire.send(FrameType.HELLO, 0, own.fields());
    Hello agreed = Hello.read(expect(wire, FrameType.HELLO, allowed));
    Hello.Doors doors = own.accept(agreed);
    String user = "";
    int stream = 0;
    if (proof instanceof Proof.Key key) {
      user = key.credentials().user();
      scram(wire, key.credentials(), doors, bindings, allowed);
    } else if (proof instanceof Proof.Certificate certificate) {
      user = ask(wire, doors, EXTERNAL, certificate.user(), allowed).text(Tag.AUTH_DATA);
    } else if (proof instanceof Proof.Ticket ticket) {
      Fields answer = ask(wire, doors, TICKET, ticket.text(), allowed);
      stream = (int) answer.number(Tag.STREAM, 1, Limits.STREAMS - 1L);
    }
    wire.clearDeadline();
    wire.giveCredit(agreed.terms().creditBytes());
    wire.allowSession(agreed.terms().chunkLimit(), stream);
    return new Result(user, stream, agreed, own.instance());
  }

  private static void scram(
      Wire wire,
      Credentials credentials,
      Hello.Doors doors,
      List<ChannelBinding> bindings,
      Duration allowed)
      throws IOException {
    Optional<ChannelBinding> binding =
        bindings.stream().filter(each -> doors.bindings().contains(each.type())).findFirst();
    // over TLS never without a binding, whatever the server says: it may be somebody in the middle
    if (binding.isEmpty() && !bindings.isEmpty()) {
      throw new WireException(
          ErrorCode.UNSUPPORTED,
          "the server offers no channel binding that this client has: " + doors.bindings());
    }
    String mechanism = binding.isPresent() ? SCRAM_PLUS : ScramKey.MECHANISM;
    requireOffered(doors, mechanism);
    ScramClient scram = new ScramClient(credentials.user(), ScramMessage.nonce(RANDOM), binding);
    wire.send(
        FrameType.AUTH,
        0,
        new FieldsBuilder().text(Tag.MECHANISM, mechanism).text(Tag.AUTH_DATA, scram.first()));
    String challenge = expect(wire, FrameType.AUTH, allowed).fields().text(Tag.AUTH_DATA);
    String proof = scram.last(challenge, credentials.secret().get());
    wire.send(FrameType.AUTH, 0, new FieldsBuilder().text(Tag.AUTH_DATA, proof));
    scram.finish(expect(wire, FrameType.AUTH, allowed).fields().text(Tag.AUTH_DATA));
  }

  private static Fields ask(
      Wire wire, Hello.Doors doors, String mechanism, String data, Duration allowed)
      throws IOException {
    requireOffered(doors, mechanism);
    wire.send(
        FrameType.AUTH,
        0,
        new FieldsBuilder().text(Tag.MECHANISM, mechanism).text(Tag.AUTH_DATA, data));
    return expect(wire, FrameType.AUTH, allowed).fields();
  }

  private static void requireOffered(Hello.Doors doors, String mechanism) throws WireException {
    if (!doors.mechanisms().contains(mechanism)) {
      if (mechanism.equals(EXTERNAL)) {
        throw new WireException(
            ErrorCode.LOGIN_REFUSED,
            "the server asks for no certificate, as none of its users has one and it was given no authority");
      }
      throw new WireException(
          ErrorCode.UNSUPPORTED,
          "the server does not offer " + mechanism + " but " + doors.mechanisms());
    }
  }

  /** Lets a client log in. */
  public static Result asServer(Wire wire, Porter porter, Duration allowed) throws IOException {
    wire.setDeadline("login", allowed);
    Hello said = Hello.read(expect(wire, FrameType.HELLO, allowed));
    if (said.instance().isEmpty()) {
      throw WireException.violation("a client's HELLO has no INSTANCE");
    }
    Hello agreed = Hello.answer(said, porter.capabilities(), porter.doors());
    wire.send(FrameType.HELLO, 0, agreed.fields());
    Fields first = expect(wire, FrameType.AUTH, allowed).fields();
    String mechanism = first.text(Tag.MECHANISM);
    requireOpen(porter, mechanism);
    Result result =
        switch (mechanism) {
          case TICKET -> joined(wire, porter, first, said, agreed);
          case EXTERNAL -> certified(wire, porter, first, said, agreed);
          default -> proven(wire, porter, first, said, agreed, allowed);
        };
    wire.clearDeadline();
    wire.giveCredit(said.terms().creditBytes());
    wire.allowSession(agreed.terms().chunkLimit(), result.stream());
    return result;
  }

  private static void requireOpen(Porter porter, String mechanism) throws WireException {
    if (!porter.doors().mechanisms().contains(mechanism)) {
      throw new WireException(
          ErrorCode.UNSUPPORTED,
          "login mechanism not offered; offered are " + porter.doors().mechanisms());
    }
  }

  private static Result joined(Wire wire, Porter porter, Fields first, Hello said, Hello agreed)
      throws IOException {
    Porter.Seat seat = porter.join(first.text(Tag.AUTH_DATA), said.instance());
    wire.send(
        FrameType.AUTH,
        0,
        new FieldsBuilder().text(Tag.AUTH_DATA, "").number(Tag.STREAM, seat.stream()));
    return new Result(seat.user(), seat.stream(), agreed, said.instance());
  }

  private static Result certified(Wire wire, Porter porter, Fields first, Hello said, Hello agreed)
      throws IOException {
    String user = porter.certified(first.text(Tag.AUTH_DATA));
    porter.admitted(user);
    wire.send(FrameType.AUTH, 0, new FieldsBuilder().text(Tag.AUTH_DATA, user));
    return new Result(user, 0, agreed, said.instance());
  }

  private static Result proven(
      Wire wire, Porter porter, Fields first, Hello said, Hello agreed, Duration allowed)
      throws IOException {
    boolean isBound = first.text(Tag.MECHANISM).equals(SCRAM_PLUS);
    ScramServer scram =
        new ScramServer(
            porter::key,
            ScramMessage.nonce(RANDOM),
            isBound ? Optional.of(porter::binding) : Optional.empty());
    try {
      String challenge = scram.challenge(first.text(Tag.AUTH_DATA));
      wire.send(FrameType.AUTH, 0, new FieldsBuilder().text(Tag.AUTH_DATA, challenge));
      String proof = expect(wire, FrameType.AUTH, allowed).fields().text(Tag.AUTH_DATA);
      String signature = scram.finish(proof);
      porter.admitted(scram.user());
      wire.send(FrameType.AUTH, 0, new FieldsBuilder().text(Tag.AUTH_DATA, signature));
    } catch (WireException e) {
      if (e.code() == ErrorCode.LOGIN_REFUSED && !e.isFromPeer()) {
        porter.refused(scram.user());
      }
      throw e;
    }
    return new Result(scram.user(), 0, agreed, said.instance());
  }

  private static Frame expect(Wire wire, FrameType type, Duration allowed) throws IOException {
    Frame frame = wire.next(allowed, type.name());
    if (frame.type() != type || frame.transfer() != 0) {
      throw WireException.violation(frame.type() + " came where " + type + " belongs");
    }
    return frame;
  }
}
