"""Numbers of a fresh shop that several parts need."""

STATES = {
    1: "Awaiting check payment",
    2: "Payment accepted",
    3: "Processing in progress",
    4: "Shipped",
    5: "Delivered",
    6: "Canceled",
    7: "Refunded",
    8: "Payment error",
    9: "On backorder (paid)",
    10: "Awaiting bank wire payment",
    11: "Remote payment accepted",
    12: "On backorder (not paid)",
    13: "Awaiting Cash On Delivery validation",
    14: "Waiting for PayPal payment",
}
PAID = {2, 3, 4, 5, 9, 11}
SHIPPED = {4, 5}
DNI_NEEDED = {6}  # countries (Spain) whose addresses need an identification number
