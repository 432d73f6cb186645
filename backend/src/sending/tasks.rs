pub(super) mod send_to_sat;
