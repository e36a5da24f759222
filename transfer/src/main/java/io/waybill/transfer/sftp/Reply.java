package io.waybill.transfer.sftp;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * One reply as it came: type, the request's id, and what follows. Its bytes are overwritten by the
 * next one.
 */
final class Reply {
  private final int type;
  private final int id;
  private final ByteBuffer body;

  Reply(int type, int id, byte[] bytes, int length) {
    this.type = type;
    this.id = id;
    this.body = ByteBuffer.wrap(bytes, 0, length);
  }

  /** Returns one that lasts, of what was not read yet. */
  Reply kept() {
    byte[] rest = rest();
    return new Reply(type, id, rest, rest.length);
  }

  int type() {
    return type;
  }

  int id() {
    return id;
  }

  int remaining() {
    return body.remaining();
  }

  int int32() throws SftpProtocolException {
    try {
      return body.getInt();
    } catch (BufferUnderflowException e) {
      throw tooShort();
    }
  }

  long int64() throws SftpProtocolException {
    try {
      return body.getLong();
    } catch (BufferUnderflowException e) {
      throw tooShort();
    }
  }

  byte[] bytes() throws SftpProtocolException {
    int length = int32();
    if (length < 0 || length > body.remaining()) {
      throw tooShort();
    }
    byte[] value = new byte[length];
    body.get(value);
    return value;
  }

  byte[] rest() {
    byte[] value = new byte[body.remaining()];
    body.get(value);
    return value;
  }

  /** Returns a string for people; what is no UTF-8 in it is replaced. */
  String text() throws SftpProtocolException {
    return new String(bytes(), StandardCharsets.UTF_8);
  }

  private SftpProtocolException tooShort() {
    return new SftpProtocolException("A reply of type " + type + " ends within a field");
  }

  /** Returns the code of a status reply, and the failure it stands for. */
  SftpStatusException status(String request) throws SftpProtocolException {
    int code = int32();
    // the text came with version 3, and some servers leave it out
    return SftpStatusException.of(request, code, remaining() > 0 ? text() : "");
  }

  /** Returns the failure if this is not a status that says OK. */
  void requireOk(String request) throws SftpStatusException, SftpProtocolException {
    if (type != Fxp.STATUS) {
      throw unexpected(request);
    }
    SftpStatusException status = status(request);
    if (status.code() != Status.OK) {
      throw status;
    }
  }

  /** Throws unless it is of a type; a status is a refusal. */
  Reply require(int wanted, String request) throws SftpStatusException, SftpProtocolException {
    if (type == wanted) {
      return this;
    }
    if (type != Fxp.STATUS) {
      throw unexpected(request);
    }
    SftpStatusException status = status(request);
    if (status.code() == Status.OK) {
      throw new SftpProtocolException(request + " was answered OK and nothing else");
    }
    throw status;
  }

  SftpProtocolException unexpected(String request) {
    return new SftpProtocolException(
        "%s was answered by a packet of type %d".formatted(request, type));
  }
}
