package io.waybill.jobs.web;

import io.javalin.http.Context;

/** How many of a list a caller wants. */
final class Limits {
  private static final int USUAL = 20;
  private static final int MOST = 1000;

  private Limits() {}

  static int of(Context context) {
    return of(context, "limit", USUAL);
  }

  static int of(Context context, String parameter, int usual) {
    String given = context.queryParam(parameter);
    if (given == null) {
      return usual;
    }
    if (given.matches("[1-9]\\d{0,3}") && Integer.parseInt(given) <= MOST) {
      return Integer.parseInt(given);
    }
    throw new Refusal(422, parameter + " is a number from 1 to " + MOST);
  }
}
