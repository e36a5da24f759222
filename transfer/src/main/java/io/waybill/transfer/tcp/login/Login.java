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
import java.util.function.Function;

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
 */
public final class Login {
  private static final SecureRandom RANDOM = new SecureRandom();

  private Login() {}

  /**
   * A login that worked.
   *
   * @param user who
   * @param agreed what both ends can do
   */
  public record Result(String user, Hello agreed) {}

  /** Logs in. */
  public static Result asClient(Wire wire, Credentials credentials, Duration allowed)
      throws IOException {
    wire.setDeadline("login", allowed);
    Hello own = Hello.client();
    wire.send(FrameType.HELLO, 0, own.fields());
    Hello agreed = Hello.read(expect(wire, FrameType.HELLO, allowed));
    own.accept(agreed);
    ScramClient scram = new ScramClient(credentials.user(), RANDOM);
    wire.send(
        FrameType.AUTH,
        0,
        new FieldsBuilder()
            .text(Tag.MECHANISM, ScramKey.MECHANISM)
            .text(Tag.AUTH_DATA, scram.first()));
    String challenge = expect(wire, FrameType.AUTH, allowed).fields().text(Tag.AUTH_DATA);
    String proof = scram.last(challenge, credentials.secret().get());
    wire.send(FrameType.AUTH, 0, new FieldsBuilder().text(Tag.AUTH_DATA, proof));
    scram.finish(expect(wire, FrameType.AUTH, allowed).fields().text(Tag.AUTH_DATA));
    wire.clearDeadline();
    wire.allowSession(agreed.terms().chunkLimit());
    return new Result(credentials.user(), agreed);
  }

  /**
   * Lets a client log in.
   *
   * @param keys the key of a user; for one that does not exist, a decoy
   */
  public static Result asServer(Wire wire, Function<String, ScramKey> keys) throws IOException {
    Duration allowed = Limits.LOGIN_TIME;
    wire.setDeadline("login", allowed);
    Hello agreed = Hello.answer(Hello.read(expect(wire, FrameType.HELLO, allowed)));
    wire.send(FrameType.HELLO, 0, agreed.fields());
    Fields first = expect(wire, FrameType.AUTH, allowed).fields();
    if (!first.text(Tag.MECHANISM).equals(ScramKey.MECHANISM)) {
      throw new WireException(
          ErrorCode.UNSUPPORTED, "the only login mechanism is " + ScramKey.MECHANISM);
    }
    ScramServer scram = new ScramServer(keys, RANDOM);
    String challenge = scram.challenge(first.text(Tag.AUTH_DATA));
    wire.send(FrameType.AUTH, 0, new FieldsBuilder().text(Tag.AUTH_DATA, challenge));
    String proof = expect(wire, FrameType.AUTH, allowed).fields().text(Tag.AUTH_DATA);
    String signature = scram.finish(proof);
    wire.clearDeadline();
    wire.allowSession(agreed.terms().chunkLimit());
    wire.send(FrameType.AUTH, 0, new FieldsBuilder().text(Tag.AUTH_DATA, signature));
    return new Result(scram.user(), agreed);
  }

  private static Frame expect(Wire wire, FrameType type, Duration allowed) throws IOException {
    Frame frame = wire.next(allowed, type.name());
    if (frame.type() != type || frame.transfer() != 0) {
      throw WireException.violation(frame.type() + " came where " + type + " belongs");
    }
    return frame;
  }
}
