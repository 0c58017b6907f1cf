//! Small helpers around torch's tensors.

use tch::{Device, Kind, Tensor};

/// Copies these numbers to the device, in this shape.
pub fn tensor<T: tch::kind::Element>(numbers: &[T], shape: &[i64], device: Device) -> Tensor {
    Tensor::from_slice(numbers).view(shape).to_device(device)
}

/// Copies row or place numbers to the device, `[n]`.
pub fn indices(numbers: &[i64], device: Device) -> Tensor {
    Tensor::from_slice(numbers).to_device(device)
}

/// Copies a tensor to the host as float32, flat.
pub fn host(x: &Tensor) -> Vec<f32> {
    let x = x.to_device(Device::Cpu).to_kind(Kind::Float).contiguous();
    let mut numbers = vec![0f32; x.numel()];
    let count = numbers.len();
    x.view(-1).copy_data(&mut numbers, count);
    numbers
}

/// Copies `[rows, WIDTH]` to the host as float32, row by row.
pub fn host_rows<const WIDTH: usize>(x: &Tensor) -> Vec<[f32; WIDTH]> {
    let [_, width] = dims(x, "[rows, width]");
    assert_eq!(width, WIDTH as i64, "the width of a row");
    host(x).as_chunks().0.to_vec()
}

/// The sizes of a tensor's axes. It panics where there are not as many as `layout` names, such as
/// `"[tasks, length, d]"`: a network that went on would compute something else.
#[track_caller]
pub fn dims<const AXES: usize>(x: &Tensor, layout: &str) -> [i64; AXES] {
    let size = x.size();
    size.as_slice()
        .try_into()
        .unwrap_or_else(|_| panic!("a tensor of shape {size:?} was given where {layout} is expected"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_those_of_the_axes() {
        let x = Tensor::zeros([2, 3, 4], (Kind::Float, Device::Cpu));
        assert_eq!(dims(&x, "[tasks, length, d]"), [2, 3, 4]);
    }

    #[test]
    #[should_panic(expected = "shape [2, 3, 4] was given where [rows, d] is expected")]
    fn another_number_of_axes_is_refused_aloud() {
        let [_, _] = dims(&Tensor::zeros([2, 3, 4], (Kind::Float, Device::Cpu)), "[rows, d]");
    }
}
