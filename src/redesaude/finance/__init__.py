"""What every option costs: yearly cash flows, discounted. Plain numbers and arrays in, plain arrays out."""
