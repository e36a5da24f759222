package io.waybill.transfer.tcp;

import io.waybill.transfer.tcp.wire.ErrorCode;

/** Says in a sentence why a server refused a file of which it has told nothing but the code. */
final class CodeWords {
  private CodeWords() {}

  static String of(ErrorCode code) {
    return switch (code) {
      case NOT_FOUND -> "the server does not find it; it was moved or deleted meanwhile";
      case EXISTS -> "there is something of that name at the target";
      case WRONG_KIND ->
          "a directory, a link or the like is where a file is wanted, or a file where a directory is";
      case PATH_REFUSED -> "the server does not take this name; rename it";
      case ACCESS_DENIED -> "the server may not touch it; whoever runs the server can allow it";
      case STORAGE -> "the server could not read or write it; its log says why";
      case BUSY -> "another transfer is at it; try again when that is done";
      case SOURCE_CHANGED -> "it changed while it was read; copy it when it is at rest";
      case CHUNK_REFUSED, DIGEST_MISMATCH ->
          "it did not arrive as it was sent, and nothing was published; copy it again";
      case NOT_EMPTY -> "the directory is not empty";
      case QUOTA_EXCEEDED ->
          "the user's quota at the server is used up; delete something there, or ask for a larger one";
      case PROTOCOL_VIOLATION,
          UNSUPPORTED,
          LIMIT_EXCEEDED,
          DAMAGED_FRAME,
          LOGIN_REFUSED,
          UNAVAILABLE,
          TIMEOUT,
          INTERNAL,
          UNKNOWN ->
          "the server failed with " + code + "; its log says why";
    };
  }
}
